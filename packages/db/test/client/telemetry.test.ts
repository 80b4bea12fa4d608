import { createRequire } from 'node:module';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Db, insertMany } from '../../src/index.ts';
import { plans } from '../../src/optimizer/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { failureOf, openDb } from './support.ts';

/* The client finds OpenTelemetry where a program has set it up, and does not depend on it; so this test, the program, brings the copy
 * of a package beside. */
const load = createRequire(join(import.meta.dirname, '../../../migrate/package.json'));
const { trace, metrics } = load('@opentelemetry/api');
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = load('@opentelemetry/sdk-trace-base');

interface FinishedSpan {
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number };
  readonly duration: readonly [seconds: number, nanoseconds: number];
}

const [CLIENT, UNSET, ERROR] = [2, 0, 2];
const exporter = new InMemorySpanExporter();
const spans = () => exporter.getFinishedSpans() as readonly FinishedSpan[];

/** Collects what a program's meter would export. */
class Meters {
  readonly #callbacks = new Set<(observer: object) => void>();
  getMeter() {
    return {
      createObservableUpDownCounter: (name: string) => name,
      addBatchObservableCallback: (callback: (observer: object) => void) => this.#callbacks.add(callback),
      removeBatchObservableCallback: (callback: (observer: object) => void) => this.#callbacks.delete(callback),
    };
  }
  /** `metric state`: value */
  collect(): Readonly<Record<string, number>> {
    const seen: Record<string, number> = {};
    const observe = (metric: string, value: number, attributes: Record<string, string>) => {
      seen[`${metric} ${attributes['db.client.connection.state'] ?? ''}`.trim()] = value;
    };
    for (const callback of this.#callbacks) callback({ observe });
    return seen;
  }
}
const meters = new Meters();

describe.each(servers())('telemetry on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    metrics.setGlobalMeterProvider(meters);
    database = await migratedDatabase(url);
    db = openDb(database.url);
    await db.query('SELECT 1');
  });
  beforeEach(() => exporter.reset());
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
    trace.disable();
    metrics.disable();
  });

  test('each query is a span with operation and table, its real duration, and no value', async () => {
    await db.select().from(plans).where(eq(plans.id, 'a secret'));
    await db.query('SELECT pg_sleep(0.2), $1::text', ['a secret']);
    await insertMany(db, plans, [{ id: 'a secret', name: 'n', priceCents: 0, monthlyCredits: 0 }]);
    await db.transaction((tx) => tx.delete(plans).where(eq(plans.id, 'a secret')));
    expect(spans().map(({ name }) => name)).toEqual([
      'SELECT optimizer.plans',
      'SELECT',
      'INSERT optimizer.plans',
      'DELETE optimizer.plans',
      'SELECT',
    ]);
    const [first, slow] = spans();
    expect(first).toMatchObject({ kind: CLIENT, status: { code: UNSET } });
    expect(first?.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.namespace': 'optimizer',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'optimizer.plans',
    });
    expect((slow?.duration[0] ?? 0) + (slow?.duration[1] ?? 0) / 1e9).toBeGreaterThan(0.2);
    expect(JSON.stringify(spans().map(({ name, attributes }) => [name, attributes]))).not.toContain('secret');
  });

  test('a failed query is an error with its kind and SQLSTATE, and without its message', async () => {
    await failureOf(db.insert(plans).values({ id: 'free', name: 'F', priceCents: 0, monthlyCredits: 0 }));
    const [span] = spans();
    expect(span).toMatchObject({ name: 'INSERT optimizer.plans', status: { code: ERROR } });
    expect(span?.attributes).toMatchObject({ 'error.type': 'UniqueViolation', 'db.response.status_code': '23505' });
  });

  test('the gauges of an open pool are metrics until it is closed', async () => {
    const own = openDb(database.url, { connectionsMax: 3, app: 'metered' });
    await db.close();
    expect(meters.collect()).toEqual({});
    await own.transaction(async (tx) => {
      await tx.query('SELECT 1');
      expect(meters.collect()).toEqual({
        'db.client.connection.count used': 1,
        'db.client.connection.count idle': own.pool.open - 1,
        'db.client.connection.max': 3,
        'db.client.connection.pending_requests': 0,
      });
    });
    await own.close();
    expect(meters.collect()).toEqual({});
  });
});
