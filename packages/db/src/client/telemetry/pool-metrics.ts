import type { PoolGauges } from '../pool/pool-use.ts';
import { currentMeter } from './open-telemetry.ts';

type Callback = Parameters<NonNullable<ReturnType<typeof currentMeter>>['addBatchObservableCallback']>[0];

/** Publishes a pool's gauges where the program measures.
 *  Source: OpenTelemetry's semantic conventions for database client metrics
 *  @returns what ends it */
export function publishPoolMetrics(name: string, gauges: () => PoolGauges): () => void {
  const meter = currentMeter();
  if (meter === undefined) return () => {};
  const counter = (metric: string, description: string, unit: string) =>
    meter.createObservableUpDownCounter(`db.client.connection.${metric}`, { description, unit });
  const count = counter('count', 'Open connections, by state', '{connection}');
  const max = counter('max', 'Connections that the pool may open', '{connection}');
  const pending = counter('pending_requests', 'Transactions and queries that wait for a connection', '{request}');
  const pool = { 'db.client.connection.pool.name': name };
  const observe: Callback = (observer) => {
    const now = gauges();
    observer.observe(count, now.inUse, { ...pool, 'db.client.connection.state': 'used' });
    observer.observe(count, now.idle, { ...pool, 'db.client.connection.state': 'idle' });
    observer.observe(max, now.max, pool);
    observer.observe(pending, now.waiting, pool);
  };
  const metrics = [count, max, pending];
  meter.addBatchObservableCallback(observe, metrics);
  return () => meter.removeBatchObservableCallback(observe, metrics);
}
