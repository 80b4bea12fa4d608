import { once } from 'node:events';
import { join, relative } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { DatabaseError } from '@repo/db';
import { type LocalPostgres, type PostgresVersion, startPostgres } from '@repo/local-postgres';
import postgres from 'postgres';
import { environmentFor, readEnvironment, root } from '../env.ts';
import { output } from '../output.ts';
import { startOptimizerDemo } from './optimizer-demo.ts';
import { CommandFailed, type Environment, runDb } from './run-db.ts';
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
    const environment = url === undefined ? environmentFor(database) : readEnvironment();
    const migrated = await runDb<Migrated>(['migrate'], environment);
    const seeded = await seed(demo, environment);
    output.data(await table(migrated, seeded, environment));
    output.data(`\nDATABASE_URL=${url === undefined ? database : '(as given)'}`);
    if (url === undefined)
      output.data(`PostgreSQL ${server.version} (${server.source}), data in ${inside(server.dataDirectory ?? folder)}`);
    if (onlyOnce) return;
    // on a server of somebody else no demo shop is made
    await using _apps = url === undefined ? startOptimizerDemo(environment) : undefined;
    output.data('Ready. Stop with Ctrl-C; the data stays.');
    await stopSignal(server);
    output.talk('stopping …');
  } finally {
    await server.stop();
  }
}

/** Seeds with demo rows, or without them on a database that somebody has marked as production. */
async function seed(demo: readonly string[], environment: Environment): Promise<readonly Seeded[]> {
  return await runDb<Seeded>(['seed', ...demo], environment).catch((error: unknown) => {
    if (!(error instanceof CommandFailed && error.message.includes('DB_PRODUCTION'))) throw error;
    output.talk('no demo rows: this database is marked as production');
    return runDb<Seeded>(['seed'], environment);
  });
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

async function table(
  migrated: readonly Migrated[],
  seeded: readonly Seeded[],
  environment: Environment,
): Promise<string> {
  const header = ['domain', 'migrations applied', 'tables', 'views', 'rows', 'seeded now', 'ms', 'typed query'];
  const lines: string[][] = [];
  // One after the other: a small server has few connections.
  for (const { domain, applied } of migrated) {
    const started = performance.now();
    const { migrations, tables, views, rows, found } = await lookAt(domain, appUrl(domain, environment)).catch(
      (error: unknown) => explain(domain, error),
    );
    const seed = seeded.find((report) => report.domain === domain);
    const inserted = [...(seed?.reference ?? []), ...(seed?.demo ?? [])].reduce(
      (sum, count) => sum + count.inserted,
      0,
    );
    const ms = applied.reduce((sum, migration) => sum + migration.ms, 0) + Math.round(performance.now() - started);
    lines.push([domain, `${migrations} (${applied.length} now)`, tables, views, rows, inserted, ms, found].map(String));
  }
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

/** @throws {Error} what the query met, and for a table or column that is not there how to go on */
function explain(domain: string, error: unknown): never {
  if (!(error instanceof DatabaseError && error.sqlState?.startsWith('42'))) throw error;
  throw new Error(
    `${domain}: ${error.message}\n  fix: this database was migrated by another checkout: go back to that one, or, where its data may go, delete .data/ and start anew`,
    { cause: error },
  );
}

/** The URL that an app of this domain would use. */
function appUrl(domain: string, environment: Environment): string {
  return environment[`${domain.toUpperCase()}_DATABASE_URL`] || environment['DATABASE_URL'] || '';
}

/** A path as seen from the root, or whole where it lies elsewhere. */
function inside(path: string): string {
  const below = relative(root, path);
  return below.startsWith('..') ? path : below;
}

/** Waits for Ctrl-C or SIGTERM, and notices when the server ends by itself.
 *  @throws {Error} when the local server is gone */
async function stopSignal({ pid }: LocalPostgres): Promise<void> {
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'].map((signal) => once(process, signal, { signal: stop.signal }));
  try {
    await Promise.race([...signals, serverGone(pid, stop.signal)]);
  } finally {
    stop.abort();
    await Promise.allSettled(signals);
  }
}

async function serverGone(pid: number | undefined, signal: AbortSignal): Promise<void> {
  for await (const _ of setInterval(1_000, undefined, { signal })) {
    if (pid !== undefined && !isAlive(pid))
      throw new Error('the PostgreSQL server has ended by itself; run `npm start` again: its data is kept');
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
