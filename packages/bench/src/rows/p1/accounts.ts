import type { DatabaseTemplate } from '@repo/local-postgres';
import type { Pool } from 'pg';
import { withConnection } from '../../support/connection.ts';

export const ROWS = 1_000_000;
const OWNERS = 1_000;

/** A packed table of a million rows of about 200 bytes, whose rows nothing is in the way of. */
export const accounts: DatabaseTemplate = {
  name: `bench: ${ROWS} accounts, before a schema change`,
  build: (url) =>
    withConnection(url, async (sql) => {
      await sql.unsafe(`
        CREATE SCHEMA bench;
        CREATE SEQUENCE bench.numbers START ${ROWS + 1};
        CREATE TABLE bench.owners (id integer PRIMARY KEY, name text NOT NULL);
        CREATE TABLE bench.accounts (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number integer, owner integer, balance bigint NOT NULL, cents bigint, note text
        );
        INSERT INTO bench.owners SELECT n, 'owner ' || n FROM generate_series(1, ${OWNERS}) n;
        INSERT INTO bench.accounts (number, owner, balance, note)
          SELECT n, 1 + n % ${OWNERS}, n, repeat(md5(n::text), 4) FROM generate_series(1, ${ROWS}) n;
      `);
      await sql.unsafe('VACUUM ANALYZE bench.accounts, bench.owners');
    }),
};

const update = { name: 'update', text: 'UPDATE bench.accounts SET balance = balance + 1 WHERE id = $1' };
const insert = {
  name: 'insert',
  text: "INSERT INTO bench.accounts (number, owner, balance, note) VALUES (nextval('bench.numbers'), 1, 0, 'new')",
};

/** The nth operation of the application: four updates by key, spread over the table, then an insert. */
export async function write(pool: Pool, n: number): Promise<void> {
  await pool.query(n % 5 === 4 ? insert : { ...update, values: [1 + ((n * 611_953) % ROWS)] });
}
