import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from './support/database.ts';
import { runDb } from './support/run-db.ts';

describe.each(servers())('PostgreSQL $version', ({ url: server }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await migratedDatabase(server);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  /** Runs a command as a role that may do nothing, and each GRANT that it is told, until the command gets through. */
  async function grantsFor(...command: string[]): Promise<readonly string[]> {
    const role = `poor ${randomBytes(4).toString('hex')}`;
    await db.sql.unsafe(`CREATE ROLE "${role}" LOGIN PASSWORD 'poor'`);
    const url = Object.assign(new URL(db.url), { username: encodeURIComponent(role), password: 'poor' }).href;
    const grants: string[] = [];
    try {
      for (;;) {
        const { error } = JSON.parse((await runDb([...command, '--json'], url)).stdout);
        if (error === undefined) return grants;
        expect(error.code).toBe('DB_PRIVILEGE');
        const [, grant = ''] = /^as the owner: (GRANT .*)$/.exec(error.fix) ?? [];
        // The same one again would never end.
        expect(grants).not.toContain(grant.replace(`"${role}"`, 'poor'));
        await db.sql.unsafe(grant);
        grants.push(grant.replace(`"${role}"`, 'poor'));
      }
    } finally {
      await db.sql.unsafe(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
    }
  }

  test('`seed` names each GRANT that it lacks, with its schema, and no more than it needs', async () => {
    expect(await grantsFor('seed', '--demo', '--rows', '2', '--domain', 'audit')).toEqual([
      'GRANT USAGE ON SCHEMA migrations TO poor',
      'GRANT SELECT ON TABLE migrations.settings TO poor',
      'GRANT USAGE ON SCHEMA audit TO poor',
      'GRANT SELECT, INSERT ON TABLE audit.jobs TO poor',
      'GRANT SELECT, INSERT ON TABLE audit.job_stages TO poor',
      'GRANT SELECT, INSERT ON TABLE audit.job_stages_quarantine TO poor',
    ]);
  });

  test.each([['status'], ['verify'], ['history'], ['drift']])(
    '`%s` only reads, and asks for no more',
    async (command) => {
      const grants = await grantsFor(command, '--domain', 'bot');
      expect(grants[0]).toBe('GRANT USAGE ON SCHEMA migrations TO poor');
      for (const grant of grants)
        expect(grant).toMatch(/^GRANT (USAGE ON SCHEMA|SELECT ON TABLE migrations\.|SELECT ON TABLE bot\.)/);
    },
  );
});
