import { eq } from 'drizzle-orm';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDb, type Db } from '../../src/index.ts';
import * as train from '../../src/train/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';
import { at, insertRequests, insertTrain, uuid } from './support.ts';

describe.each(servers())('train tables on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  let sql: Sql;
  let db: Db<'train'>;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    sql = database.sql;
    db = createDb({ domain: 'train', url: database.url, app: 'test' });
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  test('a request is inserted once, answered later, and read with its chunks, parents and children', async () => {
    const request = train.apiRequestInsertSchema.parse({
      requestId: uuid(1),
      trainId: 'team',
      timestamp: at(0),
      method: 'POST',
      path: '/v1/messages',
      headers: { 'user-agent': 'cli', accept: ['a', 'b'] },
      body: { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], max_tokens: 5 },
      apiKeyHash: 'a'.repeat(64),
      currentMessageHash: 'b'.repeat(64),
      conversationId: uuid(900),
    });
    await db.insert(train.apiRequests).values(request);
    await db
      .insert(train.apiRequests)
      .values({ ...request, path: '/other' })
      .onConflictDoNothing();
    const [answered] = await db
      .update(train.apiRequests)
      .set({ responseStatus: 200, responseBody: { content: [{ type: 'text', text: 'hello' }] }, durationMs: 12 })
      .where(eq(train.apiRequests.requestId, uuid(1)))
      .returning();
    expect(answered).toMatchObject({ ...request, branchId: 'main', isSubtask: false, inputTokens: 0, durationMs: 12 });
    expect(train.apiRequestSelectSchema.parse(answered)).toEqual(answered);
    const next = { trainId: 'team', timestamp: at(1), method: 'POST', path: '/v1/messages', parentRequestId: uuid(1) };
    await db.insert(train.apiRequests).values([
      { ...next, requestId: uuid(2) },
      { ...next, requestId: uuid(3), parentRequestId: null, parentTaskRequestId: uuid(1), isSubtask: true },
    ]);
    const chunk = { requestId: uuid(1), timestamp: at(0), data: '{}' };
    await db.insert(train.streamingChunks).values([1, 0].map((chunkIndex) => ({ ...chunk, chunkIndex })));
    const found = await db.query.apiRequests.findFirst({
      where: { requestId: uuid(1) },
      with: { chunks: { orderBy: { chunkIndex: 'asc' } }, children: true, subtasks: true, train: true, account: true },
    });
    expect(found).toMatchObject({ path: '/v1/messages', train: null, account: null });
    expect(found?.chunks.map(({ chunkIndex, tokenCount }) => [chunkIndex, tokenCount])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(found?.children.map(({ requestId }) => requestId)).toEqual([uuid(2)]);
    expect(found?.subtasks.map(({ requestId }) => requestId)).toEqual([uuid(3)]);
    const child = await db.query.apiRequests.findFirst({ where: { requestId: uuid(2) }, with: { parent: true } });
    expect(child?.parent?.requestId).toBe(uuid(1));
  });

  test('requests refuse a missing time, a wrong parent, itself as parent, and a value that is too long', async () => {
    const insert = (row: object) => refusalOf(insertRequests(sql, [{ request_id: uuid(50), ...row }]));
    expect(await insert({ timestamp: null })).toEqual({ code: '23502', name: 'timestamp' });
    expect(await insert({ train_id: null })).toEqual({ code: '23502', name: 'train_id' });
    expect(await insert({ parent_request_id: uuid(99) })).toEqual({
      code: '23503',
      name: 'api_requests_parent_request_id_fkey',
    });
    expect(await insert({ parent_task_request_id: uuid(99) })).toEqual({
      code: '23503',
      name: 'api_requests_parent_task_request_id_fkey',
    });
    expect(await insert({ parent_request_id: uuid(50) })).toEqual({
      code: '23514',
      name: 'api_requests_parent_request_id_check',
    });
    expect(await insert({ api_key_hash: 'a'.repeat(65) })).toMatchObject({ code: '22001' });
    await insertRequests(sql, [{ request_id: uuid(51) }]);
    expect(await refusalOf(insertRequests(sql, [{ request_id: uuid(51) }]))).toEqual({
      code: '23505',
      name: 'api_requests_pkey',
    });
  });

  test('chunks refuse a request that is not there and a second one at the same place, and go with their request', async () => {
    await insertRequests(sql, [{ request_id: uuid(60) }]);
    const insert = (requestId: string) =>
      db.insert(train.streamingChunks).values({ requestId, chunkIndex: 0, timestamp: at(0), data: 'x' });
    await insert(uuid(60));
    expect(await refusalOf(insert(uuid(60)))).toEqual({
      code: '23505',
      name: 'streaming_chunks_request_id_chunk_index_key',
    });
    expect(await refusalOf(insert(uuid(99)))).toEqual({ code: '23503', name: 'streaming_chunks_request_id_fkey' });
    await db.delete(train.apiRequests).where(eq(train.apiRequests.requestId, uuid(60)));
    expect(await db.query.streamingChunks.findMany({ where: { requestId: uuid(60) } })).toEqual([]);
  });

  test('an analysis is one per branch, goes through its states, and knows when it changed', async () => {
    const { conversationAnalyses: analyses } = train;
    const insert = () =>
      db
        .insert(analyses)
        .values({ conversationId: uuid(900) })
        .returning();
    const [created] = await insert();
    expect(created).toMatchObject({ branchId: 'main', status: 'pending', modelUsed: 'gemini-2.5-pro', retryCount: 0 });
    expect(typeof created?.id).toBe('bigint');
    expect(await refusalOf(insert())).toEqual({
      code: '23505',
      name: 'conversation_analyses_conversation_id_branch_id_key',
    });
    const [done] = await db
      .update(analyses)
      .set({ status: 'completed', analysisData: { mood: 'good' }, rawResponse: ['x'], updatedAt: at(0) })
      .where(eq(analyses.conversationId, uuid(900)))
      .returning();
    expect(done?.updatedAt.getTime()).toBeGreaterThan(created?.updatedAt.getTime() ?? Number.NaN);
    const found = await db.query.conversationAnalyses.findFirst({ where: { status: 'completed' } });
    expect(found).toEqual(done);
    expect(train.conversationAnalysisSelectSchema.parse(found)).toEqual(found);
    expect(
      await refusalOf(
        sql`INSERT INTO train.conversation_analyses (conversation_id, status) VALUES (${uuid(1)}, 'lost')`,
      ),
    ).toMatchObject({ code: '22P02' });
    expect(await refusalOf(sql`INSERT INTO train.conversation_analyses (branch_id) VALUES ('main')`)).toEqual({
      code: '23502',
      name: 'conversation_id',
    });
  });

  test('a step of an analysis is logged with who asked, and refused without its kind', async () => {
    const event = train.analysisAuditEventInsertSchema.parse({
      eventType: 'ANALYSIS_REQUEST',
      outcome: 'SUCCESS',
      conversationId: uuid(900),
      branchId: 'main',
      trainId: 'team',
      requestId: 'http-1',
      userContext: { email: 'a@example.com' },
    });
    const [logged] = await db.insert(train.analysisAuditLog).values(event).returning();
    expect(logged).toMatchObject({ ...event, metadata: {} });
    expect(await db.query.analysisAuditLog.findFirst({ where: { requestId: 'http-1' } })).toEqual(logged);
    expect(train.analysisAuditEventSelectSchema.parse(logged)).toEqual(logged);
    const refused = sql`INSERT INTO train.analysis_audit_log (outcome, conversation_id, branch_id, train_id, request_id)
      VALUES ('SUCCESS', ${uuid(900)}, 'main', 'team', 'http-2')`;
    expect(await refusalOf(refused)).toEqual({ code: '23502', name: 'event_type' });
  });

  const credential = (number: number) => ({
    accountId: `acc_${number}`,
    accountName: `account ${number}`,
    oauthAccessToken: 'a',
    oauthRefreshToken: 'r',
    oauthExpiresAt: at(0),
    oauthScopes: ['user:profile', 'with,comma'],
  });

  test('a train is read with its members, keys and accounts; what belongs to it goes with it', async () => {
    const id = await insertTrain(sql, 100, 'owner@example.com');
    const [account] = await db.insert(train.anthropicCredentials).values(credential(1)).returning();
    expect(account).toMatchObject({ ...credential(1), oauthIsMax: true, lastRefreshAt: null });
    expect(train.anthropicCredentialSelectSchema.parse(account)).toEqual(account);
    const credentialId = account?.id ?? '';
    await db.insert(train.trainAccounts).values({ trainId: id, credentialId });
    const key = { trainId: id, apiKey: 'cnp_live_1', keyPrefix: 'cnp_live_', keySuffix: '1' };
    await db.insert(train.trainApiKeys).values(key);
    await db.insert(train.trainMembers).values({ trainId: id, userEmail: 'm', role: 'member', addedBy: 'o' });
    const found = await db.query.trains.findFirst({
      where: { trainId: 'train-100' },
      with: { members: { orderBy: { userEmail: 'asc' } }, apiKeys: true, credentials: true, requests: true },
    });
    expect(found).toMatchObject({ name: 'A train', slackEnabled: false, requests: [] });
    expect(found?.members.map(({ userEmail, role }) => [userEmail, role])).toEqual([
      ['m', 'member'],
      ['owner@example.com', 'owner'],
    ]);
    expect(found?.apiKeys).toMatchObject([{ ...key, revokedAt: null }]);
    expect(found?.credentials).toEqual([account]);
    const link = await db.query.trainAccounts.findFirst({
      where: { trainId: id },
      with: { train: true, credential: true },
    });
    expect(link).toMatchObject({ train: { trainId: 'train-100' }, credential: { accountId: 'acc_1' } });
    await db.delete(train.trains).where(eq(train.trains.id, id));
    for (const table of [train.trainAccounts, train.trainApiKeys, train.trainMembers]) {
      expect(await db.$count(table, eq(table.trainId, id))).toBe(0);
    }
    expect(await db.query.anthropicCredentials.findFirst({ where: { id: credentialId } })).toEqual(account);
  });

  test('accounts and trains refuse a second of the same name, links and keys a second of the same kind', async () => {
    const id = await insertTrain(sql, 101, 'o');
    const [account] = await db.insert(train.anthropicCredentials).values(credential(2)).returning();
    const credentialId = account?.id ?? '';
    const insertCredential = (rest: object) =>
      refusalOf(db.insert(train.anthropicCredentials).values({ ...credential(3), ...rest }));
    expect(await insertCredential({ accountId: 'acc_2' })).toEqual({
      code: '23505',
      name: 'anthropic_credentials_account_id_key',
    });
    expect(await insertCredential({ accountName: 'account 2' })).toEqual({
      code: '23505',
      name: 'anthropic_credentials_account_name_key',
    });
    expect(await refusalOf(db.insert(train.trains).values({ trainId: 'train-101', name: 'x' }))).toEqual({
      code: '23505',
      name: 'trains_train_id_key',
    });
    const link = () => db.insert(train.trainAccounts).values({ trainId: id, credentialId });
    await link();
    expect(await refusalOf(link())).toEqual({ code: '23505', name: 'train_accounts_train_id_credential_id_key' });
    const key = (trainId: string) =>
      db.insert(train.trainApiKeys).values({ trainId, apiKey: 'cnp_live_2', keyPrefix: 'p', keySuffix: 's' });
    await key(id);
    expect(await refusalOf(key(id))).toEqual({ code: '23505', name: 'train_api_keys_api_key_key' });
    await db.delete(train.anthropicCredentials).where(eq(train.anthropicCredentials.id, credentialId));
    expect(await db.$count(train.trainAccounts, eq(train.trainAccounts.trainId, id))).toBe(0);
  });

  test('links, keys and members refuse a train that is not there', async () => {
    const trainId = uuid(999);
    const [account] = await db.insert(train.anthropicCredentials).values(credential(4)).returning();
    const credentialId = account?.id ?? '';
    const refused = (statement: PromiseLike<unknown>, name: string) =>
      expect(refusalOf(statement)).resolves.toEqual({ code: '23503', name });
    await refused(db.insert(train.trainAccounts).values({ trainId, credentialId }), 'train_accounts_train_id_fkey');
    const known = await insertTrain(sql, 102, 'o');
    await refused(
      db.insert(train.trainAccounts).values({ trainId: known, credentialId: trainId }),
      'train_accounts_credential_id_fkey',
    );
    const key = { trainId, apiKey: 'cnp_live_3', keyPrefix: 'p', keySuffix: 's' };
    await refused(db.insert(train.trainApiKeys).values(key), 'train_api_keys_train_id_fkey');
    const member = { trainId, userEmail: 'a', role: 'owner', addedBy: 'b' } as const;
    await refused(db.insert(train.trainMembers).values(member), 'train_members_train_id_fkey');
  });

  test('a member is owner or member, once in a train', async () => {
    const id = await insertTrain(sql, 103, 'o');
    const insert = (email: string, role: string) =>
      refusalOf(
        sql`INSERT INTO train.train_members (train_id, user_email, role, added_by) VALUES (${id}, ${email}, ${role}, 't')`,
      );
    expect(await insert('p', 'admin')).toEqual({ code: '23514', name: 'train_members_role_check' });
    expect(await insert('o', 'member')).toEqual({ code: '23505', name: 'train_members_train_id_user_email_key' });
    const candidate = { trainId: id, userEmail: 'p', addedBy: 't' };
    expect(train.trainMemberInsertSchema.safeParse({ ...candidate, role: 'admin' }).success).toBe(false);
    expect(train.trainMemberInsertSchema.safeParse({ ...candidate, role: 'member' }).success).toBe(true);
  });

  test('zod refuses what does not fit: a body that is no object, a key hash that is too long', () => {
    const request = { requestId: uuid(1), trainId: 't', timestamp: at(0), method: 'POST', path: '/' };
    const parse = (rest: object) => train.apiRequestInsertSchema.safeParse({ ...request, ...rest }).success;
    expect(parse({})).toBe(true);
    expect(parse({ body: 'text' })).toBe(false);
    expect(parse({ apiKeyHash: 'a'.repeat(65) })).toBe(false);
    expect(parse({ taskToolInvocation: [{ prompt: 1 }] })).toBe(false);
    expect(train.apiRequestUpdateSchema.safeParse({ responseBody: { content: [{ type: 'text' }] } }).success).toBe(
      true,
    );
  });
});
