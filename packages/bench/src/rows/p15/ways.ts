import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineVariant, Skipped } from '../../harness/variant.ts';
import { withConnection } from '../../support/connection.ts';
import { FreshDatabase } from '../../support/fresh-database.ts';
import { runProgram } from '../../support/run-program.ts';
import { SCHEMA, type Scene } from './scene.ts';

export const OURS = 'driver';
export const OURS_PG_DUMP = 'pg_dump by us';
export const PIPE = 'pg_dump | pg_restore';
export const BY_FILE = 'pg_dump, pg_restore';
/** Figures: MB a second, and MB that the backup takes. */
export const RATE = 'rate';
export const SIZE = 'on the disk';
export const MB = 1e6;

const DUMP = `pg_dump -Fc -n ${SCHEMA}`;
const RESTORE = 'pg_restore --exit-on-error --no-owner';

/** 0: there is none. */
export async function pgDumpMajor(): Promise<number> {
  const version = await runProgram(['pg_dump', '--version'], '.').catch(() => '');
  return Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1] ?? 0);
}

interface State {
  readonly scene: Scene;
  readonly target: FreshDatabase;
  readonly folder: string;
}

async function open(scene: Scene, name: string): Promise<State> {
  const folder = join(scene.folder, name.replaceAll(/\W+/g, '-'));
  const target = new FreshDatabase(scene.server, undefined, (url) => requireRows(url, scene.rows));
  return { scene, target, folder };
}

/** A run that did not restore everything was timed for nothing. */
async function requireRows(url: string, rows: number): Promise<void> {
  const found = await withConnection(url, async (sql) => {
    const [row] = await sql.unsafe<{ n: string }[]>(
      `SELECT (SELECT count(*) FROM ${SCHEMA}.orders) + (SELECT count(*) FROM ${SCHEMA}.customers) AS n`,
    );
    return Number(row?.n);
  });
  if (found !== rows) throw new Error(`expected ${rows} restored rows, got ${found}`);
}

const common = {
  prepare: async ({ target, folder }: State) => {
    await target.renew();
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
  },
  teardown: ({ target }: State) => target.drop(),
};

function byUs(name: string, about: string, tool: 'driver' | 'pg_dump') {
  return defineVariant({
    ...{ name, about, ...common },
    setup: async (scene: Scene) => {
      if (tool === 'pg_dump' && (await pgDumpMajor()) === 0) return new Skipped('no pg_dump here');
      return await open(scene, name);
    },
    run: async (state) => {
      const { scene, target, folder } = state;
      const { ms } = await timed(async () => {
        await scene.db('backup', '--with', tool, '--out', folder, '--url', scene.url);
        const [made = ''] = await readdir(folder);
        await scene.db('restore', join(folder, made), '--url', target.url);
      });
      return { [RATE]: rate(state, ms), [SIZE]: (await bytesIn(folder)) / MB };
    },
  });
}

function byShell(name: string, about: string, script: (from: string, to: string) => string) {
  return defineVariant({
    ...{ name, about, ...common },
    setup: async (scene: Scene) => {
      if ((await pgDumpMajor()) === 0) return new Skipped('no pg_dump here');
      return await open(scene, name);
    },
    run: async (state) => {
      const { scene, target, folder } = state;
      const { ms } = await timed(() => runProgram(['sh', '-c', `set -e; ${script(scene.url, target.url)}`], folder));
      return { [RATE]: rate(state, ms), [SIZE]: (await bytesIn(folder)) / MB };
    },
  });
}

async function timed(work: () => Promise<unknown>): Promise<{ readonly ms: number }> {
  const started = performance.now();
  await work();
  return { ms: performance.now() - started };
}

const rate = ({ scene }: State, ms: number) => scene.bytes / MB / (ms / 1000);

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => stat(join(parentPath, name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}

export const ways = [
  byUs(
    OURS,
    '`db backup --with driver`, then `db restore`: processes, files with checksums, everything verified',
    'driver',
  ),
  byUs(OURS_PG_DUMP, '`db backup --with pg_dump`, then `db restore`', 'pg_dump'),
  byShell(
    PIPE,
    '`pg_dump -Fc -n shop | pg_restore`: no file',
    (from, to) => `${DUMP} "${from}" | ${RESTORE} -d "${to}"`,
  ),
  byShell(
    BY_FILE,
    'the same by way of a file',
    (from, to) => `${DUMP} -f dump "${from}" && ${RESTORE} -d "${to}" dump`,
  ),
];
