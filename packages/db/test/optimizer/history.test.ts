import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import config from '../../db.config.ts';
import { emptyDatabase, type MigratedDatabase, migrateTo, servers } from '../support/database.ts';

const domains = config.domains.filter(({ name }) => name === 'optimizer');
const BEFORE = '20261121052038_row_level_security';

describe.each(servers())('the optimizer history on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeEach(async () => {
    db = await emptyDatabase(url);
    await migrateTo(db.url, domains, BEFORE);
    await db.sql`
      INSERT INTO optimizer.app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at, credits_total, credits_used_month)
      VALUES ('busy', 'a.example.com', 'a', 'r', now(), 200, 30), ('idle', 'b.example.com', 'a', 'r', now(), 100, 0)`;
    await db.sql`
      INSERT INTO optimizer.jobs (id, instance_id, status, source_scope, source_ids, attributes, target_lang, user_prompt)
      VALUES (1, 'busy', 'RUNNING', 'products', '[]', '[]', 'en', ''), (2, 'idle', 'DONE', 'products', '[]', '[]', 'en', '')`;
    await db.sql`
      INSERT INTO optimizer.job_items (job_id, product_id, attribute, status)
      VALUES (1, 'p', 'name', 'DONE'), (1, 'p', 'seoTitle', 'FAILED'), (1, 'p', 'description', 'PENDING')`;
  });
  afterEach(() => db[Symbol.asyncDispose]());

  test('a shop of before the ledger gets one entry of what it had, and jobs their counts', async () => {
    await migrateTo(db.url, domains);
    expect(await db.sql`SELECT instance_id, kind, amount FROM optimizer.credit_entries ORDER BY instance_id`).toEqual([
      { instance_id: 'busy', kind: 'opening', amount: 170 },
      { instance_id: 'idle', kind: 'opening', amount: 100 },
    ]);
    expect(await db.sql`SELECT id, items_total, items_done, items_failed FROM optimizer.jobs ORDER BY id`).toEqual([
      { id: '1', items_total: 3, items_done: 1, items_failed: 1 },
      // its items were cleared away
      { id: '2', items_total: 0, items_done: 0, items_failed: 0 },
    ]);
  });

  test('entries that were written meanwhile are taken into account: the sum is the balance', async () => {
    await db.sql`INSERT INTO optimizer.credit_entries (instance_id, kind, amount) VALUES ('busy', 'reserve', -30)`;
    await migrateTo(db.url, domains);
    const [row] =
      await db.sql`SELECT sum(amount)::integer AS balance FROM optimizer.credit_entries WHERE instance_id = 'busy'`;
    expect(row).toEqual({ balance: 170 });
  });

  test('an item of before there were queues is found by a worker', async () => {
    await migrateTo(db.url, domains);
    const claimed = await db.sql`
      SELECT shop, attribute, attempts FROM optimizer.exchange_items('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 10, 60000, 20)`;
    expect([...claimed]).toEqual([{ shop: 'busy', attribute: 'description', attempts: 1 }]);
  });
});
