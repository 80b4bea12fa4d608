import type { TokenVault } from '../crypto/token-vault.ts';
import { listTokens, resealTokens } from '../queries/instances.ts';
import type { OptimizerDb } from '../queries/tx.ts';

const BATCH = 200;

export interface Rotation {
  readonly shops: number;
  /** Shops whose tokens were sealed anew. */
  readonly resealed: number;
}

/** Seals every shop's tokens with the current key, in batches. A second run changes nothing; afterwards the older keys may go.
 *  @throws {Error} for tokens that do not open; the batches before are done */
export async function rotateTokens(db: OptimizerDb, vault: TokenVault): Promise<Rotation> {
  let [shops, resealed, afterId] = [0, 0, ''];
  for (;;) {
    const batch = await db.transaction(async (tx) => {
      const rows = await listTokens(tx, afterId, BATCH);
      let changed = 0;
      for (const { instance_id: instanceId, access_token, refresh_token } of rows) {
        const accessToken = vault.rotate(access_token, { instanceId, column: 'access_token' });
        const refreshToken = vault.rotate(refresh_token, { instanceId, column: 'refresh_token' });
        if (accessToken === access_token && refreshToken === refresh_token) continue;
        await resealTokens(tx, instanceId, accessToken, refreshToken);
        changed += 1;
      }
      return { count: rows.length, changed, lastId: rows.at(-1)?.instance_id };
    });
    if (batch.lastId === undefined) return { shops, resealed };
    shops += batch.count;
    resealed += batch.changed;
    afterId = batch.lastId;
  }
}
