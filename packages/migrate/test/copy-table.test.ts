import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { openSession } from '../src/connect/session.ts';
import { parseTarget } from '../src/connect/target.ts';
import { converge } from '../src/consolidate/converge.ts';
import type { Ends } from '../src/consolidate/copy-range.ts';
import { copyTable } from '../src/consolidate/copy-table.ts';
import { readCopies } from '../src/consolidate/progress.ts';
import { readSource } from '../src/consolidate/read-source.ts';
import { makeStaging } from '../src/consolidate/staging.ts';
import { ensureHistory } from '../src/history/ensure.ts';
import { emptyDatabase } from './support/database.ts';

test.each(testServers())(
  'PostgreSQL $version: a table is copied in ranges of about equal size, and after a stop goes on behind the last one',
  async ({ url }) => {
    await using source = await emptyDatabase(url);
    await using target = await emptyDatabase(url);
    await source.sql.unsafe(`
      CREATE TABLE events (kind text, key uuid, line text, PRIMARY KEY (kind, key));
      INSERT INTO events SELECT 'é' || n % 7, md5(n::text)::uuid, 'event ' || n FROM generate_series(1, 30000) AS n; ANALYZE events`);
    await using from = await openSession(parseTarget(source.url, 'test'), { app: 'test' });
    await using to = await openSession(parseTarget(target.url, 'test'), { app: 'test' });
    await ensureHistory(to, { waitMs: 1000, onWait: () => {} });
    const schema = await readSource(from, 'public', ['events']);
    await makeStaging(to, 'shop', 'copied', schema, 'test');
    const ends: Ends = { from, fromSchema: 'public', to, toSchema: 'copied' };
    const [found] = schema.tables;
    if (found === undefined) throw new Error('no table');
    // As if its rows were wide: ten thousand is a range.
    const table = { ...found, bytes: 10 ** 9 };
    const state = async () => {
      const [one] = await readCopies(to.sql, 'shop');
      if (one === undefined) throw new Error('no state');
      return one;
    };
    const done: number[] = [];
    const stopped = copyTable(ends, 'shop', table, await state(), (progress) => {
      done.push(progress.done);
      if (done.length === 2) throw new Error('stopped');
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(await state()).toMatchObject({ state: 'copying', rowsDone: done[1] });
    await copyTable(ends, 'shop', table, await state(), (progress) => done.push(progress.done));
    expect(await state()).toMatchObject({ state: 'copied', rowsDone: 30_000 });
    // The second run samples anew, so that a cut may lie just behind the first one's.
    expect(done.length).toBeLessThanOrEqual(4);
    for (const [at, rows] of done.entries()) expect(rows - (done[at - 1] ?? 0)).toBeLessThan(15_000);
    // What differs is looked for from range to range, and only that is copied again.
    await source.sql.unsafe(
      "DELETE FROM events WHERE line = 'event 77'; UPDATE events SET line = 'changed' WHERE line = 'event 20000'",
    );
    const again = await converge(ends, 'shop', table);
    expect(again).toMatchObject({ rows: 29_999 });
    expect(again.copiedAgain).toBeLessThan(5_000);
    const content = (place: string) =>
      `SELECT count(*)::int AS n, md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) AS sum FROM ${place} AS t`;
    expect(await target.sql.unsafe(content('copied.events'))).toEqual(await source.sql.unsafe(content('events')));
  },
);
