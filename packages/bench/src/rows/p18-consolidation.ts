import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { consolidateDomain, parseTarget } from '@repo/migrate';
import type { DomainConfig } from '@repo/migrate/config';
import { pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import { defineRow } from '../harness/row.ts';
import { defineVariant } from '../harness/variant.ts';
import { connectControl } from '../support/connect-control.ts';
import { withConnection } from '../support/connection.ts';
import { FreshDatabase } from '../support/fresh-database.ts';
import { serverVersion } from '../support/server-version.ts';

const ROWS = 1_000_000;
const RATE = 'rows';
const WHOLE = 'whole';
const OURS = 'adopt --source-url';
const PIPE = 'psql | psql';

const TABLE = `CREATE TABLE jobs (job_id uuid NOT NULL, bot_id text NOT NULL, state text NOT NULL, accepted_at timestamptz, started_at timestamptz,
  finished_at timestamptz, created_by_name text, meta jsonb, result jsonb, total_ms integer)`;
const FILL = `INSERT INTO jobs SELECT md5(n::text)::uuid, 'bot-' || n % 20, 'succeeded', now() - n * interval '1 minute', now(), now(), 'name ' || n,
    jsonb_build_object('n', n, 'text', repeat('body ', 10)), '{"ok": true}', n FROM generate_series(1, ${ROWS}) AS n;
  ALTER TABLE jobs ADD PRIMARY KEY (job_id)`;

const audit = pgSchema('audit');
const schema = {
  jobs: audit.table('jobs', {
    jobId: uuid('job_id'),
    botId: text('bot_id'),
    state: text('state'),
    acceptedAt: text('accepted_at'),
    startedAt: text('started_at'),
    finishedAt: text('finished_at'),
    name: text('created_by_name'),
    meta: text('meta'),
  }),
};
const domain: DomainConfig = {
  name: 'audit',
  schema: 'audit',
  migrations: 'migrations',
  generator: 'drizzle.config.ts',
  load: async () => ({
    schema,
    objects: [],
    backfills: [],
    seed: { reference: async () => [], missing: async () => [], demo: async () => [] },
  }),
};

interface Scene extends AsyncDisposable {
  readonly from: LocalPostgres;
  readonly to: LocalPostgres;
  readonly versions: string;
}

/** The copy of a legacy table into our database, beside its writers, against the pipe that an operator would write. */
export const consolidation = defineRow({
  id: 'P18',
  title: 'Copying a legacy table into our database',
  target: '≥ 0.8 × the rate of `psql \\copy` piped between the two servers',
  units: { [RATE]: 'rows/s', [WHOLE]: 'ms' },
  setup: openScene,
  facts: ({ versions }: Scene) => [
    `${versions}, embedded binaries, fsync off; an empty database before each run.`,
    `One table of ${ROWS} rows of about 230 bytes with a uuid key, of which no page lies in the order of the key.`,
    'Rate: rows divided by the time until the last row is committed; connections, the look at both sides and the start of psql included.',
    'Whole: keys, two comparisons by checksums and the read-only window included.',
  ],
  control: connectControl(({ to }: Scene) => to),
  variants: [
    defineVariant({
      name: OURS,
      about: 'ranges of the key by COPY, each a transaction with its cursor; then keys, checksums, window',
      setup: async ({ from, to }: Scene) => ({ source: from.url, fresh: new FreshDatabase(to) }),
      prepare: async ({ fresh }) => await fresh.renew(),
      run: async ({ source, fresh }) => {
        const started = performance.now();
        let copied = Number.NaN;
        await consolidateDomain(domain, {
          source: parseTarget(source, 'bench'),
          target: parseTarget(fresh.url, 'bench'),
          domains: [domain],
          lock: { waitMs: 1000, onWait: () => {} },
          onEvent: (event) => {
            if (event.type === 'copy') copied = performance.now() - started;
          },
        });
        return { [RATE]: (ROWS / copied) * 1000, [WHOLE]: performance.now() - started };
      },
      teardown: async ({ fresh }) => await fresh.drop(),
    }),
    defineVariant({
      name: PIPE,
      about: '`psql -c "\\copy jobs to stdout" | psql -c "\\copy jobs from stdin"` into a table without keys',
      setup: async ({ from, to }: Scene) => ({ source: from.url, fresh: new FreshDatabase(to) }),
      prepare: async ({ fresh }) => {
        await fresh.renew();
        await withConnection(fresh.url, async (sql) => await sql.unsafe(TABLE));
      },
      run: async ({ source, fresh }) => {
        const started = performance.now();
        const pipe = `psql -qX "$FROM" -c '\\copy jobs to stdout' | psql -qX "$TO" -c '\\copy jobs from stdin'`;
        await promisify(execFile)('sh', ['-c', pipe], { env: { PATH: '/usr/bin:/bin', FROM: source, TO: fresh.url } });
        return { [RATE]: (ROWS / (performance.now() - started)) * 1000, [WHOLE]: performance.now() - started };
      },
      teardown: async ({ fresh }) => await fresh.drop(),
    }),
  ],
  bounds: [],
  ratios: [
    { of: OURS, to: PIPE, figure: RATE, limit: { min: 0.8 } },
    { of: OURS, to: PIPE, figure: WHOLE },
  ],
});

async function openScene(): Promise<Scene> {
  const from = await startPostgres({ version: 15 });
  const to = await startPostgres({ version: 18 });
  await withConnection(from.url, async (sql) => {
    await sql.unsafe(`${TABLE};${FILL}`);
    await sql.unsafe('VACUUM ANALYZE jobs');
  });
  const versions = `PostgreSQL ${await serverVersion(from.url)} to ${await serverVersion(to.url)}`;
  return {
    from,
    to,
    versions,
    [Symbol.asyncDispose]: async () => {
      await from[Symbol.asyncDispose]();
      await to[Symbol.asyncDispose]();
    },
  };
}
