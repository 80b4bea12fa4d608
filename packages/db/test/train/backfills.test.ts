import { createHash } from 'node:crypto';
import type { Backfill } from '@repo/migrate/config';
import type { Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { accountIds } from '../../src/train/backfills/account-ids.ts';
import { defaultOwners } from '../../src/train/backfills/default-owners.ts';
import { parentLinks } from '../../src/train/backfills/parent-links.ts';
import { subtaskConversations } from '../../src/train/backfills/subtask-conversations.ts';
import { subtaskLinks } from '../../src/train/backfills/subtask-links.ts';
import { systemHashes } from '../../src/train/backfills/system-hashes.ts';
import { taskInvocations } from '../../src/train/backfills/task-invocations.ts';
import { trainIds } from '../../src/train/backfills/train-ids.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { at, insertRequests, insertTrain, remaining, run, uuid } from './support.ts';

const hash = (letter: string) => letter.repeat(64);
const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const CONVERSATION = uuid(900);
const task = (prompt: unknown) => ({
  type: 'tool_use',
  id: 'toolu_1',
  name: 'Task',
  input: { prompt, description: 'd' },
});
const asks = (content: unknown) => ({ messages: [{ role: 'user', content }] });

describe.each(servers())('train data steps on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    sql = database.sql;
  });
  beforeEach(() => sql`TRUNCATE train.api_requests, train.trains CASCADE`);
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => database[Symbol.asyncDispose]());

  /** Columns of all requests, in order of their ids. */
  const requests = (...columns: string[]) =>
    sql`SELECT ${sql(columns)} FROM train.api_requests ORDER BY request_id`.then((rows) => [...rows]);

  /** Runs the step to its end: what it said was left is what it changed, and a second run finds nothing. */
  async function settle(step: Backfill, expected: number): Promise<void> {
    expect(await remaining(sql, step)).toBe(expected);
    expect(await run(sql, step)).toBe(expected);
    expect(await remaining(sql, step)).toBe(0);
    const all = () => sql`
      SELECT 'r' AS kind, to_jsonb(r) AS row FROM train.api_requests AS r
      UNION ALL SELECT 't', to_jsonb(t) FROM train.trains AS t
      UNION ALL SELECT 'm', to_jsonb(m) FROM train.train_members AS m ORDER BY 1, 2`;
    const before = await all();
    expect(await run(sql, step)).toBe(0);
    expect([...(await all())]).toEqual([...before]);
  }

  test('account-ids: the configured account of each domain, exactly; known ones and unnamed domains stay', async () => {
    await insertRequests(sql, [
      { request_id: uuid(1), train_id: 'a.example.com' },
      { request_id: uuid(2), train_id: 'a.example.com', account_id: 'acc_known' },
      { request_id: uuid(3), train_id: 'A.example.com' },
      { request_id: uuid(4), train_id: 'b.example.com' },
      { request_id: uuid(5), train_id: 'a.example.com' },
    ]);
    await settle(accountIds, 0);
    vi.stubEnv('TRAIN_ACCOUNT_MAP', '{"a.example.com": "acc_a", "c.example.com": "acc_c"}');
    await settle(accountIds, 2);
    const found = (await requests('account_id')).map((row) => row['account_id']);
    expect(found).toEqual(['acc_a', 'acc_known', null, null, 'acc_a']);
    vi.stubEnv('TRAIN_ACCOUNT_MAP', '{"b.example.com": "acc_b"}');
    await settle(accountIds, 1);
  });

  test('account-ids: a malformed mapping stops the step, not the import of the domain', () => {
    vi.stubEnv('TRAIN_ACCOUNT_MAP', 'a=b');
    expect(() => accountIds.parameters).toThrow('TRAIN_ACCOUNT_MAP');
  });

  test('system-hashes: SHA-256 of the text, of text blocks joined by line feeds; without a text NULL', async () => {
    const text = (value: unknown) => ({ type: 'text', text: value });
    await insertRequests(sql, [
      { request_id: uuid(1), body: { system: 'Grüße 👋' } },
      { request_id: uuid(2), body: { system: [text('one'), { type: 'image' }, text('two'), text(3)] } },
      { request_id: uuid(3), body: { system: 'known' }, system_hash: hash('f') },
      { request_id: uuid(4), body: { system: '' } },
      { request_id: uuid(5), body: { system: [] } },
      { request_id: uuid(6), body: { system: { text: 'x' } } },
      { request_id: uuid(7), body: {} },
      { request_id: uuid(8) },
    ]);
    await settle(systemHashes, 2);
    const found = (await requests('system_hash')).map((row) => row['system_hash']);
    expect(found).toEqual([sha256('Grüße 👋'), sha256('one\ntwo'), hash('f'), null, null, null, null, null]);
  });

  test('parent-links: the one request before it that has the hash; none where several fit, or only later ones', async () => {
    const row = (id: number, seconds: number, current: string, parent?: string, conversation = CONVERSATION) => ({
      request_id: uuid(id),
      timestamp: at(seconds),
      conversation_id: conversation,
      current_message_hash: hash(current),
      ...(parent === undefined ? {} : { parent_message_hash: hash(parent) }),
    });
    await insertRequests(sql, [
      row(1, 0, 'a'),
      row(2, 10, 'b', 'a'),
      // a retry: the same messages again
      row(3, 11, 'b', 'a'),
      // which of the two it goes on from is not certain
      row(4, 20, 'c', 'b'),
      // between the two only the first precedes
      { ...row(5, 10.5, 'd', 'b') },
      // same hash in another conversation
      row(6, 20, 'e', 'a', uuid(901)),
      // nobody has that hash before it
      row(7, 5, 'f', 'c'),
      // its own hash
      row(8, 30, '9', '9'),
    ]);
    await sql`UPDATE train.api_requests SET parent_request_id = ${uuid(1)} WHERE request_id = ${uuid(8)}`;
    await settle(parentLinks, 3);
    const found = (await requests('parent_request_id')).map((row) => row['parent_request_id']);
    expect(found).toEqual([null, uuid(1), uuid(1), null, uuid(2), null, null, uuid(1)]);
  });

  test('task-invocations: the Task uses of a response, in order; other tools, other shapes and known values stay', async () => {
    await insertRequests(sql, [
      { request_id: uuid(1), response_body: { content: [{ type: 'text', text: 'x' }, task('one'), task('two')] } },
      { request_id: uuid(2), response_body: { content: [{ ...task('one'), name: 'Bash' }] } },
      { request_id: uuid(3), response_body: { content: [task(null), task(7)] } },
      { request_id: uuid(4), response_body: { content: task('one') } },
      { request_id: uuid(5), response_body: { content: [task('one')] }, task_tool_invocation: [] },
      { request_id: uuid(6), response_body: { error: 'overloaded' } },
      { request_id: uuid(7) },
    ]);
    await settle(taskInvocations, 1);
    const flat = (prompt: string) => ({ id: 'toolu_1', name: 'Task', prompt, description: 'd' });
    const found = (await requests('task_tool_invocation')).map((row) => row['task_tool_invocation']);
    expect(found).toEqual([[flat('one'), flat('two')], null, null, null, [], null, null]);
  });

  const starter = (id: number, seconds: number, prompt: string, conversation = CONVERSATION) => ({
    request_id: uuid(id),
    timestamp: at(seconds),
    conversation_id: conversation,
    task_tool_invocation: [{ prompt }],
  });

  test('subtask-links: all rows of the conversation whose first message is the prompt of one earlier request', async () => {
    const sub = (id: number, seconds: number, conversation: number, content: unknown) => ({
      request_id: uuid(id),
      timestamp: at(seconds),
      conversation_id: uuid(conversation),
      body: asks(content),
    });
    await insertRequests(sql, [
      starter(1, 0, 'find the bug'),
      starter(2, 5, 'twice'),
      starter(3, 6, 'twice', uuid(902)),
      { ...starter(4, 7, ''), task_tool_invocation: [{ input: { prompt: 'nested' } }, { prompt: '' }] },
      // its first message is the prompt, its second is not
      sub(10, 100, 910, 'find the bug'),
      sub(11, 200, 910, 'and now?'),
      // the prompt comes after a reminder
      sub(12, 100, 911, [
        { type: 'text', text: 'reminder' },
        { type: 'text', text: 'find the bug' },
      ]),
      sub(13, 100, 912, 'nested'),
      // two requests asked that
      sub(14, 100, 913, 'twice'),
      // before the request, too long after it, and just in time
      sub(15, -1, 914, 'find the bug'),
      sub(16, 12 * 3_600 + 1, 915, 'find the bug'),
      sub(17, 12 * 3_600, 916, 'find the bug'),
      // the conversation of the request itself, an empty prompt, another role, no body
      sub(18, 50, 900, 'find the bug'),
      sub(19, 100, 918, ''),
      { ...sub(20, 100, 919, 'x'), body: { messages: [{ role: 'assistant', content: 'find the bug' }] } },
      { ...sub(21, 100, 920, 'x'), body: null },
    ]);
    await settle(subtaskLinks, 5);
    const found = (await requests('request_id', 'parent_task_request_id', 'is_subtask')).filter(
      (row) => row['is_subtask'],
    );
    expect(found.map((row) => [row['request_id'], row['parent_task_request_id']])).toEqual([
      [uuid(10), uuid(1)],
      [uuid(11), uuid(1)],
      [uuid(12), uuid(1)],
      [uuid(13), uuid(4)],
      [uuid(17), uuid(1)],
    ]);
  });

  test('subtask-conversations: sub-tasks become numbered branches of the conversation at the top of their chain', async () => {
    const sub = (id: number, seconds: number, conversation: number, parent: number | null, branch = 'main') => ({
      request_id: uuid(id),
      timestamp: at(seconds),
      conversation_id: uuid(conversation),
      parent_task_request_id: parent === null ? null : uuid(parent),
      is_subtask: parent !== null,
      branch_id: branch,
    });
    await insertRequests(sql, [
      sub(50, 0, 900, null),
      sub(51, 1, 900, null),
      // there already: its number is taken, and an unnumbered one stays as it is
      sub(52, 2, 900, 50, 'subtask_4'),
      sub(53, 3, 900, 50, 'by-hand'),
      // the later sub-task has the smaller ids
      sub(54, 20, 911, 51),
      sub(55, 30, 911, 51),
      sub(56, 10, 912, 50),
      // a sub-task of a sub-task goes to the top, too
      sub(57, 40, 913, 56),
      // unknown conversation of its own
      { ...sub(58, 41, 0, 50), conversation_id: null },
      // no conversation at the top
      { ...sub(59, 0, 0, null), conversation_id: null },
      sub(60, 5, 914, 59),
    ]);
    // links that go in a circle lead to no top
    await insertRequests(sql, [sub(61, 0, 915, null), sub(62, 1, 916, 61)]);
    await sql`UPDATE train.api_requests SET parent_task_request_id = ${uuid(62)} WHERE request_id = ${uuid(61)}`;
    await settle(subtaskConversations, 4);
    const found = await requests('conversation_id', 'branch_id');
    expect(found.map((row) => [row['conversation_id'], row['branch_id']])).toEqual([
      [CONVERSATION, 'main'],
      [CONVERSATION, 'main'],
      [CONVERSATION, 'subtask_4'],
      [CONVERSATION, 'by-hand'],
      [CONVERSATION, 'subtask_6'],
      [CONVERSATION, 'subtask_6'],
      [CONVERSATION, 'subtask_5'],
      [CONVERSATION, 'subtask_7'],
      [null, 'main'],
      [null, 'main'],
      [uuid(914), 'main'],
      [uuid(915), 'main'],
      [uuid(916), 'main'],
    ]);
  });

  test('subtask-conversations: numbers do not depend on the size of the batches', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({
      request_id: uuid(100 + ((i * 5) % 12)),
      timestamp: at(i),
      conversation_id: uuid(i < 2 ? 900 : 910 + (i % 4)),
      parent_task_request_id: i < 2 ? null : uuid(100 + (((i % 2) * 5) % 12)),
    }));
    const outcomes = [];
    for (const size of [1, 3, 100]) {
      await sql`TRUNCATE train.api_requests CASCADE`;
      await insertRequests(sql, rows);
      await run(sql, subtaskConversations, size);
      outcomes.push(await requests('request_id', 'conversation_id', 'branch_id'));
    }
    expect(new Set(outcomes[0]?.map((row) => row['branch_id']))).toEqual(
      new Set(['main', 'subtask_1', 'subtask_2', 'subtask_3', 'subtask_4']),
    );
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });

  const members = () =>
    sql`SELECT t.train_id, m.user_email, m.role, m.added_by FROM train.trains AS t
      JOIN train.train_members AS m ON m.train_id = t.id ORDER BY 1, 2`.then((rows) => [...rows]);

  test('train-ids: a train with the default owner for each id that requests name; existing ones and blanks stay', async () => {
    await insertTrain(sql, 1, 'owner@example.com');
    await insertRequests(
      sql,
      ['train-1', 'new', 'new', ' ', 'other', 'new'].map((train_id, i) => ({ request_id: uuid(i), train_id })),
    );
    await settle(trainIds, 2);
    const byDefault = { user_email: 'todo@localhost', role: 'owner', added_by: 'system' };
    expect(await members()).toEqual([
      { train_id: 'new', ...byDefault },
      { train_id: 'other', ...byDefault },
      { train_id: 'train-1', user_email: 'owner@example.com', role: 'owner', added_by: 'test' },
    ]);
  });

  test('default-owners: one for each train without an owner, none for the others, nobody else promoted', async () => {
    await insertTrain(sql, 1, 'owner@example.com');
    await sql.begin(async (tx) => {
      // trains from before members were
      await tx`SET LOCAL session_replication_role = replica`;
      for (const number of [2, 3, 4]) {
        await tx`INSERT INTO train.trains (id, train_id, name) VALUES (${uuid(number)}, ${`train-${number}`}, 'A train')`;
      }
    });
    await sql`INSERT INTO train.train_members (train_id, user_email, role, added_by)
      VALUES (${uuid(3)}, 'member@example.com', 'member', 'test'), (${uuid(4)}, 'todo@localhost', 'member', 'test')`;
    await settle(defaultOwners, 3);
    expect((await members()).map((row) => [row['train_id'], row['user_email'], row['role'], row['added_by']])).toEqual([
      ['train-1', 'owner@example.com', 'owner', 'test'],
      ['train-2', 'todo@localhost', 'owner', 'system'],
      ['train-3', 'member@example.com', 'member', 'test'],
      ['train-3', 'todo@localhost', 'owner', 'system'],
      ['train-4', 'todo@localhost', 'owner', 'test'],
    ]);
  });

  test('every step says its rule, and what stays as it is', () => {
    const steps = [
      accountIds,
      defaultOwners,
      parentLinks,
      subtaskConversations,
      subtaskLinks,
      systemHashes,
      taskInvocations,
      trainIds,
    ];
    for (const { rule } of steps) expect(rule).toMatch(/never changed|No other member|stays as it is/);
  });
});
