import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CursorKey, type Db, insertMany, paginate } from '../../src/index.ts';
import { appInstances, publishLogs } from '../../src/optimizer/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { failureOf, openDb, shop } from './support.ts';

const secret = 'only for this test';
type Key = CursorKey<typeof publishLogs>;
const NEWEST: readonly Key[] = [
  { key: 'appliedAt', direction: 'desc' },
  { key: 'id', direction: 'desc' },
];
const MIXED: readonly Key[] = [
  { key: 'appliedAt', direction: 'desc' },
  { key: 'id', direction: 'asc' },
];

describe.each(servers())('pages on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    database = await migratedDatabase(url);
    db = openDb(database.url);
    await insertMany(db, appInstances, [shop('a'), shop('b')]);
    // every five rows share a moment, and moments differ by microseconds only
    await db.query(`INSERT INTO optimizer.publish_logs (instance_id, product_id, attribute, applied_value, applied_at)
      SELECT CASE WHEN n % 7 = 0 THEN 'b' ELSE 'a' END, 'p' || n, 'name', '', timestamptz '2026-01-01Z' + (n / 5) * interval '1 microsecond'
      FROM generate_series(1, 100) n`);
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });
  const page = (cursor: string | undefined, orderBy: readonly Key[], limit = 7) =>
    paginate(db, publishLogs, { where: eq(publishLogs.instanceId, 'a'), orderBy, limit, cursor, secret, scope: 'a' });

  test.each([
    ['newest first', NEWEST],
    ['mixed directions', MIXED],
  ] as const)('forth and back, %s, every row is on exactly one page', async (_, orderBy) => {
    const order = orderBy.map(({ key, direction }) => `${key === 'id' ? 'id' : 'applied_at'} ${direction}`).join(', ');
    const all = (
      await db.query<{ id: string }>(`SELECT id FROM optimizer.publish_logs WHERE instance_id = 'a' ORDER BY ${order}`)
    ).rows;
    const pages: string[][] = [];
    let at = await page(undefined, orderBy);
    expect(at.previous).toBeUndefined();
    for (;;) {
      pages.push(at.rows.map(({ id }) => String(id)));
      if (at.next === undefined) break;
      at = await page(at.next, orderBy);
    }
    expect(pages.flat()).toEqual(all.map(({ id }) => id));
    for (const expected of pages.slice(0, -1).reverse()) {
      at = await page(at.previous, orderBy);
      expect(at.rows.map(({ id }) => String(id))).toEqual(expected);
    }
    expect(at.previous).toBeUndefined();
  });

  test('a cursor that was tampered with, or is of another list or tenant, is refused', async () => {
    const { next = '' } = await page(undefined, NEWEST);
    const refused = { code: 'DB_CLIENT_CURSOR_INVALID' };
    const tampered = `${Buffer.from('["next","2020-01-01","1"]').toString('base64url')}.${next.split('.')[1]}`;
    for (const cursor of [tampered, 'x', '', `${next}x`.slice(1)])
      expect(await failureOf(page(cursor, NEWEST))).toMatchObject(refused);
    expect(await failureOf(page(next, MIXED))).toMatchObject(refused);
    const other = paginate(db, publishLogs, {
      where: undefined,
      orderBy: NEWEST,
      limit: 7,
      cursor: next,
      secret,
      scope: 'b',
    });
    expect(await failureOf(other)).toMatchObject(refused);
  });

  test('nullable keys, senseless limits and short secrets are refused', async () => {
    const refused = { code: 'DB_CLIENT_PAGE_INVALID' };
    expect(await failureOf(page(undefined, []))).toMatchObject(refused);
    expect(await failureOf(page(undefined, NEWEST, 0))).toMatchObject(refused);
  });
});
