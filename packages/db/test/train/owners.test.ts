import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';
import { insertTrain, uuid } from './support.ts';

const OWNERLESS = { code: '23514', name: 'train_members_owner_required' };

describe.each(servers())('train owners on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    sql = database.sql;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const owners = async (train: string) =>
    (await sql`SELECT user_email FROM train.train_members WHERE train_id = ${train} AND role = 'owner' ORDER BY 1`).map(
      (row) => row['user_email'],
    );

  test('a train without an owner is refused at COMMIT, not before', async () => {
    const id = uuid(1);
    const insert = sql.begin(async (tx) => {
      await tx`INSERT INTO train.trains (id, train_id, name) VALUES (${id}, 'train-1', 'A train')`;
      await tx`INSERT INTO train.train_members (train_id, user_email, role, added_by) VALUES (${id}, 'm', 'member', 't')`;
      expect(await tx`SELECT FROM train.trains WHERE id = ${id}`).toHaveLength(1);
    });
    expect(await refusalOf(insert)).toEqual(OWNERLESS);
    expect(await sql`SELECT FROM train.trains WHERE id = ${id}`).toHaveLength(0);
  });

  test('the last owner cannot be deleted, demoted or moved to another train', async () => {
    const train = await insertTrain(sql, 2, 'a');
    const other = await insertTrain(sql, 3, 'b');
    expect(await refusalOf(sql`DELETE FROM train.train_members WHERE train_id = ${train}`)).toEqual(OWNERLESS);
    expect(await refusalOf(sql`UPDATE train.train_members SET role = 'member' WHERE train_id = ${train}`)).toEqual(
      OWNERLESS,
    );
    expect(await refusalOf(sql`UPDATE train.train_members SET train_id = ${other} WHERE train_id = ${train}`)).toEqual(
      OWNERLESS,
    );
    expect(await owners(train)).toEqual(['a']);
  });

  test('one owner of two can go, the last cannot', async () => {
    const train = await insertTrain(sql, 4, 'a', 'b');
    await sql`DELETE FROM train.train_members WHERE train_id = ${train} AND user_email = 'a'`;
    expect(await refusalOf(sql`DELETE FROM train.train_members WHERE train_id = ${train}`)).toEqual(OWNERLESS);
    expect(await owners(train)).toEqual(['b']);
  });

  test('an owner can be exchanged in one transaction, in either order', async () => {
    const train = await insertTrain(sql, 5, 'a');
    await sql.begin(async (tx) => {
      await tx`DELETE FROM train.train_members WHERE train_id = ${train}`;
      await tx`INSERT INTO train.train_members (train_id, user_email, role, added_by) VALUES (${train}, 'b', 'owner', 't')`;
    });
    expect(await owners(train)).toEqual(['b']);
  });

  test('members come and go freely, and a train goes with all its members', async () => {
    const train = await insertTrain(sql, 6, 'a');
    await sql`INSERT INTO train.train_members (train_id, user_email, role, added_by) VALUES (${train}, 'm', 'member', 't')`;
    await sql`DELETE FROM train.train_members WHERE train_id = ${train} AND user_email = 'm'`;
    await sql`DELETE FROM train.trains WHERE id = ${train}`;
    expect(await sql`SELECT FROM train.train_members WHERE train_id = ${train}`).toHaveLength(0);
  });

  test('the check leaves the train as it was', async () => {
    const train = await insertTrain(sql, 7, 'a', 'b');
    const read = () => sql`SELECT * FROM train.trains WHERE id = ${train}`;
    const before = await read();
    await sql`DELETE FROM train.train_members WHERE train_id = ${train} AND user_email = 'a'`;
    expect([...(await read())]).toEqual([...before]);
  });

  // The two transactions have both taken another owner before either commits.
  test.each([
    ['read committed', OWNERLESS],
    ['repeatable read', { code: '40001', name: undefined }],
    ['serializable', { code: '40001', name: undefined }],
  ] as const)('two %s transactions that each take another owner leave one', async (isolation, refusal) => {
    const train = await insertTrain(sql, isolation.length, 'a', 'b');
    const bothTook = barrier(2);
    const take = (email: string) =>
      sql.begin(`isolation level ${isolation}`, async (tx) => {
        await tx`DELETE FROM train.train_members WHERE train_id = ${train} AND user_email = ${email}`;
        await bothTook();
      });
    const outcomes = await Promise.all([refusalOf(take('a')), refusalOf(take('b'))]);
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
    expect(outcomes).toContainEqual(refusal);
    expect(await owners(train)).toHaveLength(1);
  });

  test('while one transaction takes an owner, another adds members without waiting', async () => {
    const train = await insertTrain(sql, 30, 'a', 'b');
    await sql.begin(async (tx) => {
      await tx`DELETE FROM train.train_members WHERE train_id = ${train} AND user_email = 'a'`;
      await tx`SET CONSTRAINTS ALL IMMEDIATE`;
      await sql.begin(async (other) => {
        await other`SET LOCAL lock_timeout = '1s'`;
        await other`INSERT INTO train.train_members (train_id, user_email, role, added_by) VALUES (${train}, 'm', 'member', 't')`;
      });
    });
    expect(await owners(train)).toEqual(['b']);
  });
});

/** Resolves for all when the last of `count` callers has come. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = count;
  return () => {
    left -= 1;
    if (left === 0) resolve();
    return promise;
  };
}
