import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Reply, type RunningApp, startTestApp, type Tenant, until } from './support/running-app.ts';

const job = (productId: string) => ({
  sourceScope: 'products',
  sourceIds: [productId],
  attributes: ['name'],
  targetLang: 'en',
});
const idsOf = ({ body }: Reply): string[] => body.rows.map(({ id }) => id);
/** The connections of the API that wait for a lock: a read each. */
const WAITING = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'optimizer-api%' AND wait_event_type = 'Lock'`;

describe.each(testServers().slice(-1))('pages that many ask for at once, on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  let one: Tenant;
  let other: Tenant;
  let made: { one: string[]; other: string[] };
  beforeAll(async () => {
    app = await startTestApp(url);
    [one, other] = [await app.install(), await app.install()];
    const create = async (shop: Tenant) => (await shop.call('POST', '/jobs', job('p'))).body.id;
    made = {
      one: [await create(one), await create(one), await create(one)].toReversed(),
      other: [await create(other)],
    };
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const countReads = async () => (await app.database.owner.query(WAITING)).rowCount;
  /** Holds every read back until `body` is over, so that what is asked meanwhile is asked at the same time. */
  const whileReadsWait = <T>(body: () => Promise<T>): Promise<T> =>
    app.database.owner.transaction(async (tx) => {
      await tx.query('LOCK TABLE optimizer.jobs');
      return await body();
    });
  const readsBegun = (count: number) => until(countReads, (waiting) => waiting === count);

  test('calls for one page are one read; another shop, page or length is a read of its own, and gets its own rows', async () => {
    const cursor = (await one.call('GET', '/jobs?limit=1')).body.next;
    const pages: [shop: Tenant, path: string, rows: string[]][] = [
      [one, '/jobs', made.one],
      [one, '/jobs?limit=2', made.one.slice(0, 2)],
      [one, `/jobs?limit=2&cursor=${cursor}`, made.one.slice(1)],
      [other, '/jobs', made.other],
      [other, '/jobs?limit=2', made.other],
    ];
    const answers = await whileReadsWait(async () => {
      const asked = pages.map(([shop, path]) => shop.call('GET', path));
      await readsBegun(pages.length);
      // whoever comes now shares the next read of its page, which has not begun
      const more = Array.from({ length: 4 }, () => pages.map(([shop, path]) => shop.call('GET', path))).flat();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await countReads()).toBe(pages.length);
      return [...asked, ...more];
    });
    for (const [at, answer] of answers.entries()) expect(idsOf(await answer)).toEqual(pages[at % pages.length]?.[2]);
  });

  test('of those who share a read one may go away: the others get their answer', async () => {
    const gone = new AbortController();
    const ask = (signal: AbortSignal | null) =>
      fetch(`${app.url}/jobs`, { headers: { authorization: app.wix.instanceToken(one.instanceId) }, signal });
    const [first, second, third] = await whileReadsWait(async () => {
      const asked = [ask(gone.signal), ask(null), ask(gone.signal), ask(null)];
      await readsBegun(1);
      gone.abort();
      const [begun, waiting, together, last] = asked;
      await expect(begun).rejects.toThrow('aborted');
      await expect(together).rejects.toThrow('aborted');
      return [waiting, last, ask(null)];
    });
    for (const answer of [first, second, third]) expect((await answer)?.status).toBe(200);
  });

  test('a read that fails fails for those who shared it only: who came later, and who comes next, is answered', async () => {
    const [first, later, strange] = await whileReadsWait(async () => {
      const begun = one.call('GET', '/jobs');
      await readsBegun(1);
      const behind = one.call('GET', '/jobs');
      await app.database.owner.query(`SELECT pg_cancel_backend(pid) FROM (${WAITING}) AS reads`);
      const failed = await begun;
      return [failed, behind, other.call('GET', '/jobs')];
    });
    expect(first).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(await later).toMatchObject({ status: 200 });
    expect(await strange).toMatchObject({ status: 200 });
    expect(idsOf(await one.call('GET', '/jobs'))).toEqual(made.one);
  });

  test('a read whose connection is cut is made again, and all who share it are answered', async () => {
    const answers = await whileReadsWait(async () => {
      const asked = [one.call('GET', '/jobs')];
      await readsBegun(1);
      asked.push(one.call('GET', '/jobs'), one.call('GET', '/jobs'));
      await app.database.owner.query(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) AS reads`);
      return asked;
    });
    for (const answer of answers) expect(idsOf(await answer)).toEqual(made.one);
  });
});
