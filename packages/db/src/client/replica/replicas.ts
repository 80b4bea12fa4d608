import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../pool/pool.ts';

/** How long a replica that could not be reached is left out. */
const LEFT_OUT_MS = 5_000;
/** How long a read waits for a replica to replay what it must see. */
const REPLAY_WAIT_MS = 200;
const REPLAY_ASK_MS = 10;

const REPLAYED = 'SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::pg_lsn AS replayed';

/** The replicas of one database, in turn; one that could not be reached is left out for a while. */
export class Replicas {
  readonly all: readonly Pool[];
  readonly #leftOutUntil = new Map<Pool, number>();
  #turn = 0;

  constructor(all: readonly Pool[]) {
    this.all = all;
  }

  /** Those to be tried, the first of them another with each call. */
  inTurn(): readonly Pool[] {
    const now = performance.now();
    const able = this.all.filter((replica) => (this.#leftOutUntil.get(replica) ?? 0) < now);
    this.#turn += 1;
    const first = this.#turn % Math.max(able.length, 1);
    return [...able.slice(first), ...able.slice(0, first)];
  }

  leaveOut(replica: Pool): void {
    this.#leftOutUntil.set(replica, performance.now() + LEFT_OUT_MS);
  }

  /** Whether it shows what was written by this position; waits a little for it. */
  async hasReplayed({ client, runner }: Pool, position: string): Promise<boolean> {
    const until = performance.now() + REPLAY_WAIT_MS;
    for (;;) {
      const rows = await runner.run(client, undefined, { text: REPLAYED, params: [position] });
      if ((rows[0] as { replayed: boolean }).replayed) return true;
      if (performance.now() >= until) return false;
      await sleep(REPLAY_ASK_MS);
    }
  }
}
