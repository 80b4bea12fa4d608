import { type Db, withTenant } from '@repo/db';
import type { TokenVault } from '../crypto/token-vault.ts';
import { OutsideError } from '../net/request-json.ts';
import { findTokens, saveTokens } from '../queries/instances.ts';
import type { WixOauth, WixTokens } from './oauth.ts';

/** A token that ends sooner is renewed first. */
const SPARE_MS = 60_000;
/** Shops whose token is kept in memory, so that each item does not ask for it. */
const REMEMBERED_MAX = 10_000;

/** A valid access token of a shop, and another than the one that Wix has `refused`.
 *  @throws {OutsideError}; {Error} where the shop is not there or its tokens do not open */
export type GetAccessToken = (instanceId: string, refused?: string) => Promise<string>;

/** Works with the shop's token, and begins anew with another where Wix refuses it: a shop that installs again ends the tokens that were
 *  given out before.
 *  @throws as `accessToken` and `work` */
export async function withAccessToken<T>(
  accessToken: GetAccessToken,
  instanceId: string,
  work: (token: string) => Promise<T>,
): Promise<T> {
  const token = await accessToken(instanceId);
  try {
    return await work(token);
  } catch (error) {
    if (!(error instanceof OutsideError) || error.status !== 401) throw error;
    return await work(await accessToken(instanceId, token));
  }
}

/** Opens the shop's tokens, and renews them when they are about to end; however many ask at once, Wix is asked once a process. */
export function createShopAccess(db: Db<'optimizer'>, vault: TokenVault, oauth: WixOauth): GetAccessToken {
  const renewals = new Map<string, Promise<string>>();
  const known = new Map<string, { readonly token: string; readonly until: number }>();
  const remember = (instanceId: string, token: string, expiresAt: Date) => {
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(instanceId, { token, until: expiresAt.getTime() - SPARE_MS });
    return token;
  };
  const renew = async (instanceId: string, refreshToken: string) => {
    const tokens = await oauth.refresh(refreshToken);
    await withTenant(db, { instance_id: instanceId }, (tx) =>
      saveTokens(tx, instanceId, sealTokens(vault, instanceId, tokens)),
    );
    return remember(instanceId, tokens.accessToken, tokens.expiresAt);
  };
  return async (instanceId, refused) => {
    const remembered = known.get(instanceId);
    if (remembered !== undefined && remembered.token !== refused && remembered.until > Date.now())
      return remembered.token;
    const sealed = await withTenant(db, { instance_id: instanceId }, (tx) => findTokens(tx, instanceId), {
      accessMode: 'read only',
    });
    if (sealed === undefined) throw new Error(`the shop ${instanceId} is not there`);
    if (sealed.tokenExpiresAt.getTime() > Date.now() + SPARE_MS) {
      const token = vault.open(sealed.accessToken, { instanceId, column: 'access_token' });
      if (token !== refused) return remember(instanceId, token, sealed.tokenExpiresAt);
    }
    const refreshToken = vault.open(sealed.refreshToken, { instanceId, column: 'refresh_token' });
    const renewal =
      renewals.get(instanceId) ?? renew(instanceId, refreshToken).finally(() => renewals.delete(instanceId));
    renewals.set(instanceId, renewal);
    return await renewal;
  };
}

/** Tokens as the table takes them. */
export function sealTokens(vault: TokenVault, instanceId: string, { accessToken, refreshToken, expiresAt }: WixTokens) {
  return {
    accessToken: vault.seal(accessToken, { instanceId, column: 'access_token' }),
    refreshToken: vault.seal(refreshToken, { instanceId, column: 'refresh_token' }),
    tokenExpiresAt: expiresAt,
  };
}
