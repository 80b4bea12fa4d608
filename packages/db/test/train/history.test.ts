import type { DomainConfig } from '@repo/migrate/config';
import type { Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import config from '../../db.config.ts';
import { emptyDatabase, type MigratedDatabase, migrateTo, servers } from '../support/database.ts';
import { at, insertRequests, uuid } from './support.ts';

const domains: readonly DomainConfig[] = config.domains.filter(({ name }) => name === 'train');
const INITIAL = '20261121012750_initial';
const CONVERSATION_INDEXES = '20261121012817_conversation_indexes';
const BEFORE_TRAIN_IDS = '20261121012914_conversation_analyses';
const BEFORE_MEMBERS = '20261121012938_credentials_and_trains';
const BEFORE_DELETABLE = '20261121012943_api_key_hash_width';

/** A database with the rows of the day goes through the whole history; what each step did is looked at where it is done. */
describe.each(servers())('train history on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  let sql: Sql;
  const to = (name?: string) => migrateTo(database.url, domains, name);
  beforeAll(async () => {
    database = await emptyDatabase(server);
    sql = database.sql;
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => database[Symbol.asyncDispose]());

  const requests = (...columns: string[]) =>
    sql`SELECT ${sql(columns)} FROM train.api_requests ORDER BY request_id`.then((rows) =>
      rows.map((row) => Object.values(row)),
    );

  test('requests of before conversation tracking stay as they are', async () => {
    await to(INITIAL);
    await insertRequests(sql, [{ request_id: uuid(1), domain: 'old.example.com', timestamp: at(0) }], 'domain');
    await to(CONVERSATION_INDEXES);
    expect(await requests('domain', 'conversation_id', 'branch_id')).toEqual([['old.example.com', null, 'main']]);
  });

  test('requests of before sub-tasks, accounts, system hashes and parents get them', async () => {
    const row = (id: number, seconds: number, conversation: number, rest: object) => ({
      request_id: uuid(id),
      domain: 'team.example.com',
      timestamp: at(seconds),
      conversation_id: uuid(conversation),
      ...rest,
    });
    const prompt = 'find the bug';
    const use = { type: 'tool_use', id: 'toolu_1', name: 'Task', input: { prompt, description: 'd' } };
    await insertRequests(
      sql,
      [
        row(2, 10, 900, {
          current_message_hash: 'a'.repeat(64),
          body: { system: 'Be brief' },
          response_body: { content: [use] },
        }),
        row(3, 20, 900, { current_message_hash: 'b'.repeat(64), parent_message_hash: 'a'.repeat(64) }),
        row(4, 15, 901, { body: { messages: [{ role: 'user', content: prompt }] } }),
      ],
      'domain',
    );
    vi.stubEnv('TRAIN_ACCOUNT_MAP', '{"team.example.com": "acc_team"}');
    await to(BEFORE_TRAIN_IDS);
    expect(
      await requests('account_id', 'parent_request_id', 'parent_task_request_id', 'conversation_id', 'branch_id'),
    ).toEqual([
      [null, null, null, null, 'main'],
      ['acc_team', null, null, uuid(900), 'main'],
      ['acc_team', uuid(2), null, uuid(900), 'main'],
      ['acc_team', null, uuid(2), uuid(900), 'subtask_1'],
    ]);
    expect((await requests('system_hash')).filter(([value]) => value !== null)).toHaveLength(1);
  });

  test('the rename to train ids keeps every value, the statistics with their rows, unique index and comment, and all indexes', async () => {
    await sql`INSERT INTO train.analysis_audit_log (event_type, outcome, conversation_id, branch_id, domain, request_id)
      VALUES ('E', 'O', ${uuid(900)}, 'main', 'old.example.com', 'r')`;
    await sql`REFRESH MATERIALIZED VIEW CONCURRENTLY train.hourly_stats`;
    const oids = () => sql`SELECT oid FROM pg_class WHERE relnamespace = 'train'::regnamespace ORDER BY oid`;
    const before = await oids();
    await to('20261121012915_train_ids');
    expect(await requests('train_id')).toEqual([
      ['old.example.com'],
      ...Array.from({ length: 3 }, () => ['team.example.com']),
    ]);
    expect([...(await sql`SELECT train_id FROM train.analysis_audit_log`)]).toEqual([{ train_id: 'old.example.com' }]);
    const stats = await sql`SELECT train_id, request_count::int AS n FROM train.hourly_stats ORDER BY train_id`;
    expect([...stats]).toEqual([
      { train_id: 'old.example.com', n: 1 },
      { train_id: 'team.example.com', n: 3 },
    ]);
    await sql`REFRESH MATERIALIZED VIEW CONCURRENTLY train.hourly_stats`;
    expect([...(await oids())]).toEqual([...before]);
  });

  test('trains from before members, and trains that only requests name, get the default owner', async () => {
    await to(BEFORE_MEMBERS);
    await sql`INSERT INTO train.trains (train_id, name) VALUES ('team.example.com', 'The team'), ('quiet', 'No requests')`;
    await to('20261121012942_train_members_data');
    const rows = await sql`
      SELECT t.train_id, t.name, m.user_email, m.role, m.added_by FROM train.trains AS t
      JOIN train.train_members AS m ON m.train_id = t.id ORDER BY 1`;
    const owner = { user_email: 'todo@localhost', role: 'owner', added_by: 'system' };
    expect([...rows]).toEqual([
      { train_id: 'old.example.com', name: 'old.example.com', ...owner },
      { train_id: 'quiet', name: 'No requests', ...owner },
      { train_id: 'team.example.com', name: 'The team', ...owner },
    ]);
  });

  test('a request that others name as parent can be deleted at the head, and not before', async () => {
    await to(BEFORE_DELETABLE);
    const remove = () => sql`DELETE FROM train.api_requests WHERE request_id = ${uuid(2)}`;
    await expect(remove()).rejects.toMatchObject({ code: '23503' });
    await to();
    await remove();
    expect(await requests('request_id', 'parent_request_id', 'parent_task_request_id', 'conversation_id')).toEqual([
      [uuid(1), null, null, null],
      [uuid(3), null, null, uuid(900)],
      [uuid(4), null, null, uuid(900)],
    ]);
  });

  test('planner statistics are there for the tables that data steps filled', async () => {
    const rows = await sql`
      SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'train' AND last_analyze IS NOT NULL ORDER BY 1`;
    expect(rows.map((row) => row['relname'])).toEqual(['api_requests', 'train_members', 'trains']);
  });
});
