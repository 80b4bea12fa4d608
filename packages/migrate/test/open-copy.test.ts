import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { openCopy } from '../src/backup/open-copy.ts';
import { openSession } from '../src/connect/session.ts';
import { parseTarget } from '../src/connect/target.ts';
import { emptyDatabase } from './support/database.ts';

test.each(testServers())(
  'rows whose connection is lost before anybody reads end no process, and fail who reads, on PostgreSQL $version',
  async ({ url }) => {
    await using database = await emptyDatabase(url);
    await using session = await openSession(parseTarget(database.url, 'test'), { app: 'copy' });
    const [own] = await session.sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    const rows = await openCopy(
      session.sql,
      "COPY (SELECT repeat('x', 20000) UNION ALL SELECT pg_sleep(60)::text) TO STDOUT",
    );
    const closed = new Promise((resolve) => rows.once('close', resolve));
    await database.sql`SELECT pg_terminate_backend(${own?.pid ?? 0})`;
    await closed;
    const reading = pipeline(rows, new Writable({ write: (_chunk, _encoding, done) => done() }));
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/57P01|CONNECTION_CLOSED|ECONNRESET/) });
  },
);
