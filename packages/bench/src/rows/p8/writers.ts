import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDb, insertMany } from '@repo/db';
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';

const measures = pgTable('measures', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  amount: integer('amount').notNull(),
  takenAt: timestamp('taken_at', { withTimezone: true }).notNull(),
  details: jsonb('details').$type<object>().notNull(),
});

export const CREATE =
  'CREATE TABLE measures (id int PRIMARY KEY, name text NOT NULL, amount int NOT NULL, taken_at timestamptz NOT NULL, details jsonb NOT NULL)';

type Row = typeof measures.$inferInsert;

let made: readonly Row[] = [];

/** The same rows each time; what was made once is kept. */
export function makeRows(count: number): Row[] {
  if (made.length < count)
    made = Array.from({ length: count }, (_, id) => ({
      id,
      name: `measure "${id}", of many`,
      amount: id % 1_000,
      takenAt: new Date(1_760_000_000_000 + id * 1_000),
      details: { source: 'sensor', tags: ['a', 'b'], reading: id / 7 },
    }));
  return made.slice(0, count);
}

export interface Writer {
  readonly name: string;
  readonly about: string;
  open(url: string): { write(rows: Row[]): Promise<unknown>; close(): Promise<unknown> };
}

export const OURS = 'insertMany';
export const COPY = 'COPY';
/** Of the ways that send one parameter a value; the protocol ends at 65,535. */
const CHUNK = 10_000;

const chunks = (rows: Row[]): Row[][] =>
  Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, at) => rows.slice(at * CHUNK, (at + 1) * CHUNK));

const openOurs = (url: string) =>
  createDb({ domain: 'optimizer', url, app: 'bench', connectionsMax: 1, profile: 'script' });

const ours: Writer = {
  name: OURS,
  about: '`insertMany(db, table, rows)`',
  open: (url) => {
    const db = openOurs(url);
    return { write: (rows) => insertMany(db, measures, rows), close: () => db.close() };
  },
};

const oursReturning: Writer = {
  name: `${OURS} returning, on conflict`,
  about: 'the same, with RETURNING and ON CONFLICT DO UPDATE',
  open: (url) => {
    const db = openOurs(url);
    const options = { returning: true, onConflict: { target: ['id'], update: ['name'] } } as const;
    return { write: (rows) => insertMany(db, measures, rows, options), close: () => db.close() };
  },
};

const copy: Writer = {
  name: COPY,
  about: "COPY … FROM STDIN through postgres.js' stream, text made of the same objects",
  open: (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    const write = async (rows: Row[]) => {
      const stream = await sql`COPY measures (id, name, amount, taken_at, details) FROM STDIN`.writable();
      await pipeline(Readable.from(copyText(rows)), stream);
    };
    return { write, close: () => sql.end() };
  },
};

/** In pieces of 1,000 rows. */
function* copyText(rows: readonly Row[]): Generator<string> {
  for (let at = 0; at < rows.length; at += 1_000) {
    let text = '';
    for (const { id, name, amount, takenAt, details } of rows.slice(at, at + 1_000))
      text += `${id}\t${escaped(name)}\t${amount}\t${takenAt.toISOString()}\t${escaped(JSON.stringify(details))}\n`;
    yield text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escaped = (text: string) => text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign] ?? sign);

const raw: Writer = {
  name: 'postgres.js values',
  about: `postgres.js' \`sql(rows)\`, ${CHUNK.toLocaleString('en')} rows a statement`,
  open: (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    const write = async (rows: Row[]) => {
      for (const chunk of chunks(rows)) {
        const values = chunk.map(({ takenAt, details, ...rest }) => ({
          ...rest,
          taken_at: takenAt,
          details: sql.json({ ...details }),
        }));
        await sql`INSERT INTO measures ${sql(values)}`;
      }
    };
    return { write, close: () => sql.end() };
  },
};

const drizzleValues: Writer = {
  name: 'drizzle values',
  about: `drizzle's \`insert().values(rows)\`, ${CHUNK.toLocaleString('en')} rows a statement`,
  open: (url) => {
    const client = postgres(url, { max: 1, onnotice: () => undefined });
    const db = drizzle({ client });
    const write = async (rows: Row[]) => {
      for (const chunk of chunks(rows)) await db.insert(measures).values(chunk);
    };
    return { write, close: () => client.end() };
  },
};

const kyselyValues: Writer = {
  name: 'kysely values',
  about: `kysely on pg, ${CHUNK.toLocaleString('en')} rows a statement`,
  open: (url) => {
    const db = new Kysely<{ measures: { id: number; name: string; amount: number; taken_at: Date; details: string } }>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
    });
    const write = async (rows: Row[]) => {
      for (const chunk of chunks(rows)) {
        const values = chunk.map(({ takenAt, details, ...rest }) => ({
          ...rest,
          taken_at: takenAt,
          details: JSON.stringify(details),
        }));
        await db.insertInto('measures').values(values).execute();
      }
    };
    return { write, close: () => db.destroy() };
  },
};

export const writers: readonly Writer[] = [ours, oursReturning, copy, raw, drizzleValues, kyselyValues];
