import { createHmac, timingSafeEqual } from 'node:crypto';
import { withTenant } from '@repo/db';
import type { TokenVault } from '../crypto/token-vault.ts';
import { OutsideError } from '../net/request-json.ts';
import { Problem } from '../problems.ts';
import { openLedger } from '../queries/credits.ts';
import { upsertInstance } from '../queries/instances.ts';
import type { OptimizerDb } from '../queries/tx.ts';
import type { WixOauth } from '../wix/oauth.ts';
import { sealTokens } from '../wix/shop-access.ts';

const STATE_LIFE_MS = 600_000;

/** A word that only we can have given: when it ends, and the signature of that. */
export function signState(secret: string, now = Date.now()): string {
  const endsAt = String(now + STATE_LIFE_MS);
  return `${endsAt}.${stateSignature(endsAt, secret).toString('base64url')}`;
}

/** @throws {Problem} STATE_INVALID */
export function requireState(state: string, secret: string, now = Date.now()): void {
  const [endsAt = '', signature = ''] = state.split('.');
  const expected = stateSignature(endsAt, secret);
  const given = Buffer.from(signature, 'base64url');
  if (given.length === expected.length && timingSafeEqual(given, expected) && Number(endsAt) >= now) return;
  throw new Problem('STATE_INVALID', 'begin the installation anew');
}

function stateSignature(endsAt: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`oauth state ${endsAt}`).digest();
}

/** Turns the code of Wix' redirect into a shop with its tokens. A shop that installs again keeps plan and credits.
 *  @throws {Problem} WIX_FAILED */
export async function installShop(
  { db, vault, oauth }: { readonly db: OptimizerDb; readonly vault: TokenVault; readonly oauth: WixOauth },
  code: string,
): Promise<string> {
  try {
    const tokens = await oauth.exchangeCode(code);
    const { instanceId, siteHost } = await oauth.site(tokens.accessToken);
    await withTenant(db, { instance_id: instanceId }, async (tx) => {
      const isNew = await upsertInstance(tx, { instanceId, siteHost, ...sealTokens(vault, instanceId, tokens) });
      if (isNew) await openLedger(tx, instanceId);
    });
    return instanceId;
  } catch (error) {
    if (error instanceof OutsideError) throw new Problem('WIX_FAILED', error.message, {}, error);
    throw error;
  }
}
