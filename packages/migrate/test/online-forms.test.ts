import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrationText } from '../src/author/file-text.ts';
import { withNeededAllows } from '../src/author/needed-allows.ts';
import { compareCatalogs } from '../src/catalog/read-catalog.ts';
import { migrationFile } from '../src/files/migration-file.ts';
import { parseMigration } from '../src/files/parse-migration.ts';
import { lintFiles } from '../src/lint/lint-files.ts';
import type { DraftFile } from '../src/online/plan-online.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { onlineProject, planFor, shopCatalog } from './support/online.ts';
import { CASES, SHOP } from './support/online-cases.ts';

/** What lint refuses of the files behind what is there, but for what the draft itself wants. */
function lintErrors(there: readonly string[], files: readonly DraftFile[]): readonly string[] {
  const history = there.map((sql, number) =>
    parseMigration(migrationFile({ name: `${number}`, path: `${number}`, sql, down: null })),
  );
  const asFiles = withNeededAllows(files, history, 'shop').map((file, number) =>
    parseMigration(
      migrationFile({
        name: `draft ${number}`,
        path: `draft ${number}`,
        sql: migrationText(file, new Set(), FACTS),
        down: null,
      }),
    ),
  );
  const all = [...history, ...asFiles].map(({ path, statements, header }) => ({
    ...header,
    path,
    statements,
    runner: 'engine' as const,
    schema: 'shop',
  }));
  const { findings } = lintFiles(all, ({ path }) => path.startsWith('draft'));
  const errors = findings.filter(({ severity, code }) => severity === 'error' || code === 'LINT_UNUSED_ALLOW');
  return errors.map(({ code, statement }) => `${code} ${statement}`).filter((line) => !WANTED.test(line));
}

const FACTS = { title: 'Change', date: '2026-01-02', proof: null };
const WANTED = /^LINT_PRIMARY_KEY_REPLACED .* DROP CONSTRAINT "orders_pkey"/;

/** Server by server, the cases one after another in one database: making databases takes longer than the cases. */
describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  let db: Database;
  beforeAll(async () => {
    db = await emptyDatabase(server);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  const afresh = async (before: readonly string[]) => {
    for (const sql of ['DROP SCHEMA IF EXISTS shop, migrations CASCADE', SHOP, ...before]) await db.sql.unsafe(sql);
  };

  test.each(CASES.filter(({ since = 15 }) => version >= since))(
    '$name ends with the catalog and rows of the plain form',
    async ({ before = [], draft, forms, rows }) => {
      const end = async () => [await shopCatalog(db.sql), rows === undefined ? [] : await db.sql.unsafe(rows)] as const;
      await afresh(before);
      for (const sql of draft) await db.sql.unsafe(sql);
      const [plain, plainRows] = await end();
      await afresh(before);
      const plan = await planFor(db.sql, draft);
      expect(plan.refused).toEqual([]);
      const text = plan.files.flatMap(({ statements }) => statements).join(';\n');
      for (const form of forms) expect(text).toMatch(form);
      expect(lintErrors([SHOP, ...before], plan.files)).toEqual([]);
      await using project = await onlineProject(plan);
      await project.migrate(db.url);
      const [online, onlineRows] = await end();
      expect(compareCatalogs(plain, online)).toEqual([]);
      expect(onlineRows).toEqual(plainRows);
    },
  );
});
