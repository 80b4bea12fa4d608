import type { AdoptMapping, ColumnMapping } from '@repo/migrate/config';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import config from '../../db.config.ts';
import { adopt as auditAdopt } from '../../src/audit/adopt.ts';
import { adopt as videoAdopt } from '../../src/video/adopt.ts';
import { migratedDatabase, servers } from '../support/database.ts';
import { audit } from './audit/bed.ts';
import { buildBed } from './build.ts';
import { video } from './video/bed.ts';

const newest = () => servers().at(-1)?.url ?? '';

test('every table, column, key and trigger that a mapping names is declared', async () => {
  await using database = await migratedDatabase(newest());
  for (const { name, load } of config.domains) {
    const { adopt } = await load();
    const declared = await declaredNames(database.sql, name);
    expect(adopt, name).toBeDefined();
    expect(
      namesOf(adopt ?? { tables: {} }).filter((one) => !declared.has(one)),
      name,
    ).toEqual([]);
  }
});

describe.each(servers())('mappings of audit on PostgreSQL $version', ({ url: server }) => {
  test('who created a job comes back from created_by, whatever was known', async () => {
    await using bed = await buildBed(audit, server);
    const { value, back } = columnOf(auditAdopt, 'jobs', 'created_by');
    const [row] = await bed.sql.unsafe(`
      SELECT count(*) FILTER (WHERE num_nonnulls(created_by_name, created_by_role, created_by_at) BETWEEN 1 AND 2)::int > 100 AS partly,
        count(*) FILTER (WHERE created_by IS NULL)::int > 100 AS unknown,
        count(*) FILTER (WHERE created_by_name IS DISTINCT FROM (${back['created_by_name']}) OR created_by_role IS DISTINCT FROM (${back['created_by_role']})
          OR created_by_at IS DISTINCT FROM (${back['created_by_at']}))::int AS changed
      FROM (SELECT jobs.*, ${value} AS created_by FROM jobs) AS mapped`);
    expect({ ...row }).toEqual({ partly: true, unknown: true, changed: 0 });
  });

  test('an error becomes what a person can read, and no error becomes none', async () => {
    await using bed = await buildBed(audit, server);
    const { value } = columnOf(auditAdopt, 'jobs', 'error_message');
    const messages = async (error: string) =>
      (
        await bed.sql.unsafe<{ m: string }[]>(`SELECT ${value} AS m FROM (SELECT $1::text::jsonb AS error) AS e`, [
          error,
        ])
      )[0]?.m;
    expect(await messages('{"message": "MFA code ☕ refused", "code": 7}')).toBe('MFA code ☕ refused');
    expect(await messages('"only text"')).toBe('only text');
    expect(await messages('{"reason": {"deep": []}}')).toBe('{"reason": {"deep": []}}');
    expect(await messages('[1]')).toBe('[1]');
    expect(await messages('null')).toBeNull();
    const [lost] = await bed.sql.unsafe(
      `SELECT count(*)::int AS n FROM jobs WHERE (${value} IS NULL) <> (error IS NULL OR error = 'null')`,
    );
    expect(lost?.['n']).toBe(0);
  });

  test('the duration is run time, from the first of the old figures that gives it', async () => {
    await using bed = await buildBed(audit, server);
    const { value, back } = columnOf(auditAdopt, 'jobs', 'duration_ms');
    const figures = async (known: string) =>
      (
        await bed.sql.unsafe<{ d: number | null }[]>(
          `SELECT ${value} AS d FROM (SELECT * FROM jsonb_populate_record(NULL::jobs, $1::text::jsonb)) AS j`,
          [known],
        )
      )[0]?.d;
    expect(await figures('{"run_ms": 5, "total_ms": 9, "queue_ms": 1}')).toBe(5);
    expect(await figures('{"total_ms": 9, "queue_ms": 1, "total_seconds": 77}')).toBe(8);
    expect(await figures('{"total_seconds": 77}')).toBe(77_000);
    expect(
      await figures(
        '{"total_seconds": 77, "started_at": "2026-03-29T00:59:59Z", "finished_at": "2026-03-29T01:00:01Z"}',
      ),
    ).toBeNull();
    expect(await figures('{"total_seconds": 2147483647}')).toBeNull();
    // across summer time and with an endless job: the old figures of what the new application writes
    const [row] = await bed.sql.unsafe(`
      SELECT (${back['total_ms']}) AS total, (${back['queue_ms']}) AS queued FROM (SELECT NULL::int AS total_ms, NULL::int AS queue_ms, timestamptz '2026-03-29T00:59:59Z' AS accepted_at,
        timestamptz '2026-03-29T01:00:00Z' AS started_at, timestamptz '2026-03-29T01:00:01.5Z' AS finished_at) AS j`);
    expect({ ...row }).toEqual({ total: 2500, queued: 1000 });
    await expect(bed.sql.unsafe(`SELECT ${back['total_ms']}, ${back['queue_ms']} FROM jobs`)).resolves.toHaveLength(
      3000,
    );
  });

  test('a start row goes where its stage is told again, and no other row does', async () => {
    await using bed = await buildBed(audit, server);
    const [told] = auditAdopt.tables['job_stages']?.rows ?? [];
    const where = told?.where.replaceAll('audit.', 'public.');
    const [row] = await bed.sql.unsafe(`
      SELECT bool_and(status = 'start') AS starts, count(*)::int > 5000 AS many,
        (SELECT count(*)::int FROM job_stages WHERE status = 'start') > count(*) AS some FROM job_stages WHERE ${where}`);
    expect({ ...row }).toEqual({ starts: true, many: true, some: true });
  });
});

test('images and what is no video leave the table at the end, and videos stay', async () => {
  const variant = video.variants.find(({ name }) => name === 'down-half-run');
  await using bed = await buildBed(video, newest(), variant);
  const [images] = videoAdopt.tables['video_requests']?.rows ?? [];
  const [row] =
    await bed.sql.unsafe(`SELECT count(*)::int AS n, count(*) FILTER (WHERE request_type = 'banana')::int AS images
    FROM video_requests WHERE ${images?.where}`);
  expect({ ...row }).toEqual({ n: 500, images: 500 });
});

function columnOf(
  mapping: AdoptMapping,
  table: string,
  column: string,
): Required<Pick<ColumnMapping, 'value' | 'back'>> {
  const { value, back } = mapping.tables[table]?.columns?.[column] ?? {};
  if (value === undefined || back === undefined) throw new Error(`${table}.${column} has no mapping of values`);
  return { value, back };
}

function namesOf({ tables }: AdoptMapping): string[] {
  return Object.entries(tables).flatMap(([table, { columns = {}, waits = {}, duplicates = {}, rows = [] }]) => [
    table,
    ...Object.keys(columns).map((name) => `${table}.${name}`),
    ...Object.keys(waits).map((name) => `${table}.${name.replace(/ (not null|type)$/, '')}`),
    ...Object.keys(duplicates).map((name) => `${table}.${name}`),
    ...rows.flatMap(({ set = {} }) => Object.keys(set).map((name) => `${table}.${name}`)),
  ]);
}

/** `table` and `table.part` for columns, constraints, indexes, triggers and row security. */
async function declaredNames(sql: Sql, schema: string): Promise<ReadonlySet<string>> {
  const rows = await sql<{ name: string }[]>`
    WITH tables AS (SELECT oid, relname FROM pg_class WHERE relnamespace = ${schema}::regnamespace AND relkind = 'r')
    SELECT relname AS name FROM tables
    UNION SELECT relname || '.row security' FROM tables
    UNION SELECT t.relname || '.' || p.name FROM tables AS t JOIN (
      SELECT attrelid AS oid, attname AS name FROM pg_attribute WHERE attnum > 0
      UNION SELECT conrelid, conname FROM pg_constraint
      UNION SELECT indrelid, indexrelid::regclass::name FROM pg_index
      UNION SELECT tgrelid, tgname FROM pg_trigger
    ) AS p USING (oid)`;
  return new Set(rows.map(({ name }) => name));
}
