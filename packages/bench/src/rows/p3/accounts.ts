import type { DatabaseTemplate } from '@repo/local-postgres';
import { migrateDomain, parseTarget } from '@repo/migrate';
import type { Backfill, DomainConfig } from '@repo/migrate/config';
import type { Pool } from 'pg';
import { withConnection } from '../../support/connection.ts';
import { root } from '../../support/root.ts';

export const ROWS = 1_000_000;

/** One blocking statement that does the same. */
export const UPDATE = 'UPDATE bench.accounts SET cents = balance * 100 WHERE cents IS NULL';

const cents: Backfill = {
  name: 'cents',
  rule: 'cents = balance × 100',
  table: 'bench.accounts',
  key: { column: 'id', type: 'bigint' },
  batch: `${UPDATE} AND ($1::bigint IS NULL OR id > $1) AND id <= $2`,
  remaining: 'SELECT count(*) FROM bench.accounts WHERE cents IS NULL',
};

const unused = async (): Promise<never> => {
  throw new Error('the bench never seeds');
};

/** A domain of one table: what is measured is its backfill. */
export const domain: DomainConfig = {
  name: 'bench',
  schema: 'bench',
  migrations: 'packages/bench/src/rows/p3/migrations',
  generator: '',
  load: async () => ({
    schema: {},
    objects: [],
    backfills: [cents],
    seed: { reference: unused, missing: unused, demo: unused },
  }),
};

/** A packed table of a million rows of about 200 bytes, with a column that is still empty, and the engine's history. */
export const accounts: DatabaseTemplate = {
  name: `bench: ${ROWS} accounts, cents to be filled`,
  build: async (url) => {
    await migrateDomain(domain, { root, target: parseTarget(url, 'bench') });
    await withConnection(url, async (sql) => {
      await sql.unsafe(
        `INSERT INTO bench.accounts (balance, note) SELECT n, repeat(md5(n::text), 4) FROM generate_series(1, ${ROWS}) n`,
      );
      await sql.unsafe('VACUUM ANALYZE bench.accounts');
    });
  },
};

const update = { name: 'update', text: 'UPDATE bench.accounts SET balance = balance + 1 WHERE id = $1' };
const insert = { name: 'insert', text: "INSERT INTO bench.accounts (balance, cents, note) VALUES (0, 0, 'new')" };

/** The nth operation of the application: four updates by key, spread over the table, then an insert. */
export async function write(pool: Pool, n: number): Promise<void> {
  await pool.query(n % 5 === 4 ? insert : { ...update, values: [1 + ((n * 611_953) % ROWS)] });
}
