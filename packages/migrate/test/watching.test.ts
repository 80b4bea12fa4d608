import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { testServers } from '@repo/local-postgres/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Hooks } from '../src/config.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const UP = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)';
const server = testServers().at(-1)?.url ?? '';

describe('deploy hooks', () => {
  const recorder = (fail?: string) => {
    const calls: unknown[] = [];
    const hook = (name: string) => (told: object) => {
      calls.push({ name, ...told });
      if (name === fail) throw new Error('the hook says no');
    };
    const hooks: Hooks = {
      beforeMigrate: hook('beforeMigrate'),
      afterMigrate: hook('afterMigrate'),
      onFailure: hook('onFailure'),
    };
    return { calls, hooks };
  };

  test('are told what is pending and what was applied, and are not called when there is nothing to do or on a dry run', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: UP });
    const { calls, hooks } = recorder();
    await project.migrate(db.url, { hooks, dryRun: true });
    expect(calls).toEqual([]);
    await project.migrate(db.url, { hooks });
    expect(calls).toMatchObject([
      { name: 'beforeMigrate', domain: 'shop', pending: [A] },
      { name: 'afterMigrate', applied: [A] },
    ]);
    expect(JSON.stringify(calls)).not.toContain(new URL(db.url).password);
    await project.migrate(db.url, { hooks });
    expect(calls).toHaveLength(2);
  });

  test('beforeMigrate that throws stops the run with nothing changed', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: UP });
    await expect(project.migrate(db.url, { hooks: recorder('beforeMigrate').hooks })).rejects.toMatchObject({
      code: 'DB_HOOK',
      exit: 4,
      facts: { changed: 'nothing was changed' },
    });
    expect(await db.sql`SELECT nspname FROM pg_namespace WHERE nspname IN ('shop', 'migrations')`).toEqual([]);
  });

  test('afterMigrate that throws fails the run (exit 1) and says that everything is applied', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: UP });
    await expect(project.migrate(db.url, { hooks: recorder('afterMigrate').hooks })).rejects.toMatchObject({
      code: 'DB_HOOK_AFTER',
      exit: 1,
      facts: { changed: `applied: ${A}` },
    });
    expect(await db.sql`SELECT name FROM migrations.applied`).toEqual([{ name: A }]);
  });

  test('onFailure is told the error and how far the run came; its own failure hides nothing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: UP, [B]: 'SELECT 1 / 0' });
    const { calls, hooks } = recorder('onFailure');
    await expect(project.migrate(db.url, { hooks })).rejects.toMatchObject({ code: 'DB_STATEMENT' });
    expect(calls).toMatchObject([
      { name: 'beforeMigrate' },
      { name: 'onFailure', applied: [A], error: { code: 'DB_STATEMENT' } },
    ]);
  });
});

test('--events prints one JSON object a line and ends with the result', async () => {
  await using db = await emptyDatabase(server);
  await using project = await createProject({ [A]: UP });
  await project.writeConfig();
  const { exit, stdout } = await runMain(
    ['--config', `${project.root}/db.config.ts`, 'migrate', '--events'],
    project.root,
    { DATABASE_URL: db.url },
  );
  expect(exit).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ type }) => type)).toEqual(['applying', 'applied', 'result']);
  expect(events[1]).toMatchObject({
    version: 1,
    at: expect.any(String),
    domain: 'shop',
    name: A,
    ms: expect.any(Number),
    late: false,
  });
});

test('a long concurrent build tells its phase from the first second on', async () => {
  await using db = await emptyDatabase(server);
  await using project = await createProject({
    [A]: `${UP}; INSERT INTO shop.orders SELECT 1`,
    [B]: '-- db: no-transaction\nCREATE INDEX CONCURRENTLY i ON shop.orders (id)',
  });
  await project.migrate(db.url, { to: A });
  // A transaction that is older than the build holds its last phase up.
  const old = await db.sql.reserve();
  await old`BEGIN`;
  await old`INSERT INTO shop.orders VALUES (2)`;
  const phases: string[] = [];
  const migrated = project.migrate(db.url, {
    onEvent: (event) => void (event.type === 'progress' && phases.push(event.phase)),
  });
  await expect.poll(() => phases.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await old`COMMIT`;
  old.release();
  await migrated;
  expect(phases[0]).toMatch(/^CREATE INDEX CONCURRENTLY: waiting for/);
});

describe('OpenTelemetry', () => {
  const exporter = new InMemorySpanExporter();
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  });

  test('a run and each migration are spans with their real duration, one inside the other; a failure is recorded', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: `${UP}; SELECT pg_sleep(0.2)`, [B]: 'SELECT 1 / 0' });
    exporter.reset();
    await expect(project.migrate(db.url)).rejects.toThrow();
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name, status, attributes }) => [name, attributes['db.migration'], status.code])).toEqual([
      ['db.migration', A, 0],
      ['db.migration', B, 2],
      ['db.migrate', undefined, 2],
    ]);
    const [seconds = 0, nanoseconds = 0] = spans[0]?.duration ?? [];
    expect(seconds * 1e9 + nanoseconds).toBeGreaterThan(190_000_000);
    expect(spans[0]?.parentSpanContext?.spanId).toBe(spans[2]?.spanContext().spanId);
  });
});
