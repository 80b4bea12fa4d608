import { once } from 'node:events';
import { join, relative } from 'node:path';
import { type LocalPostgres, type PostgresVersion, startPostgres } from '@repo/local-postgres';
import postgres from 'postgres';
import { root } from '../env.ts';
import { output } from '../output.ts';
import { runDb } from './run-db.ts';
import { lookAt } from './typed-queries.ts';

export interface StartOptions {
  readonly once: boolean;
  /** Demo rows per table, on a local server only. */
  readonly rows: number;
  readonly version: number;
  /** A server to use as it is. Undefined: a local one, with its data under .data/. */
  readonly url: string | undefined;
}

interface Migrated {
  readonly domain: string;
  readonly applied: readonly { readonly ms: number }[];
}

interface Seeded {
  readonly domain: string;
  readonly reference: readonly { readonly inserted: number }[];
  readonly demo: readonly { readonly inserted: number }[];
}

/** Brings everything up, prints the table and the connection string, and stays until Ctrl-C unless `once`. */
export async function start({ once: onlyOnce, rows, version, url }: StartOptions): Promise<void> {
  const folder = join(root, '.data', `postgres-${version}`);
  // The range of versions is checked where they are known.
  const server = await startPostgres(
    url === undefined ? { persist: folder, version: version as PostgresVersion } : { url },
  );
  try {
    const database = url ?? (await openDatabase(server));
    const demo = url === undefined && rows > 0 ? ['--demo', '--rows', String(rows)] : [];
    const migrated = await runDb<Migrated>(['migrate'], database);
    const seeded = await runDb<Seeded>(['seed', ...demo], database);
    output.data(await table(migrated, seeded, database));
    output.data(`\nDATABASE_URL=${url === undefined ? database : '(as given)'}`);
    if (url === undefined)
      output.data(`PostgreSQL ${server.version} (${server.source}), data in ${relative(root, folder)}/`);
    if (onlyOnce) return;
    output.data('Ready. Stop with Ctrl-C; the data stays.');
    await stopSignal();
    output.talk('stopping …');
  } finally {
    await server.stop();
  }
}

/** The database `repo` of a local server, made where it is not there. */
async function openDatabase(server: LocalPostgres): Promise<string> {
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql`SELECT FROM pg_database WHERE datname = 'repo'`;
    if (row === undefined) await sql`CREATE DATABASE repo`;
  } finally {
    await sql.end();
  }
  const url = new URL(server.url);
  url.pathname = '/repo';
  return url.href;
}

async function table(migrated: readonly Migrated[], seeded: readonly Seeded[], url: string): Promise<string> {
  const header = ['domain', 'migrations applied', 'tables', 'views', 'rows', 'seeded now', 'ms', 'typed query'];
  const lines = await Promise.all(
    migrated.map(async ({ domain, applied }) => {
      const started = performance.now();
      const { migrations, tables, views, rows, found } = await lookAt(domain, url);
      const seed = seeded.find((report) => report.domain === domain);
      const inserted = [...(seed?.reference ?? []), ...(seed?.demo ?? [])].reduce(
        (sum, count) => sum + count.inserted,
        0,
      );
      const ms = applied.reduce((sum, migration) => sum + migration.ms, 0) + Math.round(performance.now() - started);
      return [domain, `${migrations} (${applied.length} now)`, tables, views, rows, inserted, ms, found].map(String);
    }),
  );
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  return [header, ...lines]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function stopSignal(): Promise<void> {
  // The signal handlers alone would not keep the process alive.
  const awake = setInterval(() => {}, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(awake);
}
