import { createTestDatabase, type LocalPostgres, LocalPostgresError, startPostgres } from '@repo/local-postgres';
import { defineVariant, Skipped } from '../../harness/variant.ts';
import { connect } from '../../support/connection.ts';
import { migratedTemplate } from '../../support/migrations.ts';
import type { Servers } from './servers.ts';
import { withDatabase } from './with-database.ts';

export const CLONE = 'clone';
export const CLONE_AT_ONCE = 'clone, 4 at once';
/** Figure: what the last of several tests waited, ms. */
export const LONGEST = 'longest wait';
export const CLONE_DOCKER = 'clone, Docker';

const nothing = async () => undefined;
const clone = (server: LocalPostgres) => withDatabase(server, migratedTemplate, nothing);

const one = defineVariant({
  name: CLONE,
  about: '`createTestDatabase(template)`, `drop()`',
  setup: async ({ throwaway }: Servers) => throwaway,
  run: clone,
});

const fourAtOnce = defineVariant({
  name: CLONE_AT_ONCE,
  about: `the same, 4 in flight; wall time ÷ 4, and the ${LONGEST} of the four`,
  operations: 4,
  setup: async ({ throwaway }: Servers) => throwaway,
  run: async (server) => {
    const started = performance.now();
    const waits = await Promise.all(
      Array.from({ length: 4 }, () => clone(server).then(() => performance.now() - started)),
    );
    return { [LONGEST]: Math.max(...waits) };
  },
});

const durable = defineVariant({
  name: 'clone, durable server',
  about: 'the same with fsync on',
  setup: async (servers: Servers) => servers.durable,
  run: clone,
});

/** The template is built there by the warm-up. */
const docker = defineVariant({
  name: CLONE_DOCKER,
  about: 'the same on a server in a container, fsync off',
  setup: async (_: Servers) => await startPostgres({ source: 'docker' }).catch(notHere),
  run: clone,
  teardown: (server) => server.stop(),
});

function notHere(error: unknown): Skipped {
  if (!(error instanceof LocalPostgresError)) throw error;
  return new Skipped(error.code === 'LP_ENGINE_UNREACHABLE' ? 'no container engine answers' : error.code);
}

/** What Postgres itself asks for; the rest of a clone is connections and look-ups of ours. */
const bareSql = defineVariant({
  name: 'clone, bare SQL',
  about: '`CREATE DATABASE … TEMPLATE … STRATEGY file_copy`, `DROP DATABASE` on one open connection (limit of clone)',
  setup: async ({ throwaway }: Servers) => {
    const source = await createTestDatabase(migratedTemplate, { server: throwaway.url });
    return { source, sql: connect(throwaway.url) };
  },
  run: async ({ source, sql }) => {
    await sql`CREATE DATABASE bench_clone TEMPLATE ${sql(source.name)} STRATEGY file_copy`;
    await sql`DROP DATABASE bench_clone`;
    return undefined;
  },
  teardown: async ({ source, sql }) => {
    await sql.end({ timeout: 5 });
    await source.drop();
  },
});

const empty = defineVariant({
  name: 'empty database',
  about: '`createTestDatabase()`, `drop()`: a clone without our schema (limit of clone)',
  setup: async ({ throwaway }: Servers) => throwaway,
  run: (server) => withDatabase(server, undefined, nothing),
});

export const clones = [one, fourAtOnce, durable, docker, bareSql, empty];
