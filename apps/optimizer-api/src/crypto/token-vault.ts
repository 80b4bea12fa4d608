import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What a value is of; a value that was moved to another shop or column does not open. */
export interface SealedPlace {
  readonly instanceId: string;
  readonly column: 'access_token' | 'refresh_token';
}

const PREFIX = 'aes256gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals Wix tokens for the database by AES-256-GCM: `aes256gcm.<key id>.<nonce, ciphertext and tag as base64url>`. New values take the
 *  first key; older keys open what they sealed. */
export class TokenVault {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #currentId: string;

  /** Keys by id, 32 bytes each, the current one first. */
  constructor(keys: ReadonlyMap<string, Buffer>) {
    const [currentId] = keys.keys();
    if (currentId === undefined) throw new Error('a token vault needs a key');
    this.#keys = keys;
    this.#currentId = currentId;
  }

  seal(text: string, place: SealedPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.#currentId), nonce);
    cipher.setAAD(additionalData(place));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${PREFIX}.${this.#currentId}.${sealed.toString('base64url')}`;
  }

  /** @throws {Error} for a value that is not sealed, of an unknown key, changed or moved; the message holds nothing of it */
  open(value: string, place: SealedPlace): string {
    const [prefix, keyId, body, ...rest] = value.split('.');
    if (prefix !== PREFIX || keyId === undefined || body === undefined || rest.length > 0)
      throw new Error(`the ${place.column} of ${place.instanceId} is not sealed; run \`tokens rotate\``);
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.#key(keyId), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(additionalData(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }

  /** The value under the current key; as it is where it is that already. Clear text, of before there was a vault, is sealed.
   *  @throws {Error} as `open` */
  rotate(value: string, place: SealedPlace): string {
    if (!value.startsWith(`${PREFIX}.`)) return this.seal(value, place);
    return value.startsWith(`${PREFIX}.${this.#currentId}.`) ? value : this.seal(this.open(value, place), place);
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw new Error(`no key ${id} is configured in TOKEN_KEYS`);
    return key;
  }
}

function additionalData({ instanceId, column }: SealedPlace): Buffer {
  return Buffer.from(`${column}:${instanceId}`);
}
