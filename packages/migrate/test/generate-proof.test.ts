import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { openKit } from '../src/author/drizzle-kit.ts';
import { compareCatalogs, readCatalog } from '../src/catalog/read-catalog.ts';
import { fileFindings } from '../src/check/file-findings.ts';
import { parseHistory } from '../src/files/parse-history.ts';
import { fillTables } from '../src/rows/fill.ts';
import { emptyDatabase } from './support/database.ts';
import { createDrizzleProject, type DrizzleProject } from './support/drizzle-project.ts';

const ORDERS =
  "export const orders = shop.table('orders', { id: integer('id').primaryKey(), total: integer('total'), note: text('note') });\n";

/** Applies all but the newest change, fills the tables, then goes up, down and up by the engine itself. */
async function thereAndBack(project: DrizzleProject, server: string, count: number) {
  await using db = await emptyDatabase(server);
  await project.migrate(db.url);
  const after = await readCatalog(db.sql, ['shop']);
  await project.rollback(db.url, count);
  const before = await readCatalog(db.sql, ['shop']);
  await fillTables(db.sql, ['shop'], { rows: () => 4 });
  const rows = async () => [...(await db.sql`SELECT id, total FROM shop.orders ORDER BY id`)];
  const kept = await rows();
  await project.migrate(db.url);
  expect(compareCatalogs(after, await readCatalog(db.sql, ['shop']))).toEqual([]);
  await project.rollback(db.url, count);
  expect(compareCatalogs(before, await readCatalog(db.sql, ['shop']))).toEqual([]);
  expect(kept).toHaveLength(4);
  expect(await rows()).toEqual(kept);
}

describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  /** What is no matter of the server's version. */
  const onNewest = test.runIf(version === testServers().at(-1)?.version);

  test('one change that needs several folders goes up and down by the engine, and drizzle-kit still sees one line of history', async () => {
    await using project = await createDrizzleProject(server);
    await project.declare(ORDERS);
    await project.generate('initial');
    const schema = `export const customers = shop.table('customers', { id: integer('id').primaryKey() });
export const orders = shop.table('orders', { id: integer('id').primaryKey(), total: integer('total'), note: text('note'), customerId: integer('customer_id').references(() => customers.id) },
  (t) => [index('idx_orders_total').on(t.total), check('orders_total_check', sql\`\${t.total} >= 0\`)]);\n`;
    await project.declare(schema);
    const { files, proof } = await project.generate('customers');
    expect(files.map(({ noTransaction }) => noTransaction)).toEqual([false, true]);
    expect(proof).toMatch(/^up, down, up on PostgreSQL \d+, 3 rows in 1 table: catalogs equal, every row kept\.$/);
    const [, , second = ''] = await project.folders();
    expect(await project.read(second)).toContain(`-- Proof: ${proof}`);
    const down = await project.read(second, 'down.sql');
    expect(down).toContain('-- db: no-transaction\n');
    expect(down).toContain('DROP INDEX CONCURRENTLY "shop"."idx_orders_total"');
    await thereAndBack(project, server, 2);
    const check = async () => {
      using kit = openKit(project.root);
      return await kit.call('check', { config: 'drizzle.config.ts' });
    };
    expect(await check()).toMatchObject({ status: 'ok' });
    expect(await project.generate('nothing')).toMatchObject({ migration: null, files: [] });
    await project.declare(schema.replace("note: text('note'), ", ''));
    const third = await project.generate('less');
    expect(third).toMatchObject({ files: [{}], statements: 1 });
    expect(await check()).toMatchObject({ status: 'ok' });
    const { prevIds } = JSON.parse(await project.read(third.migration ?? '', 'snapshot.json' as 'down.sql'));
    expect(prevIds).toHaveLength(1);
  }, 120_000);

  test('a renamed column has both names until the older build is gone, loses no value in either direction, and its unnamed keys follow by name', async () => {
    await using project = await createDrizzleProject(server);
    const orders = ORDERS.replace("text('note')", "text('note').unique()");
    await project.declare(orders.replace('total: ', 'sum: ').replace("'total'", "'sum'"));
    await project.generate('initial');
    await project.declare(orders);
    const { proof, files } = await project.generate('rename', [
      { type: 'rename', kind: 'column', from: ['shop', 'orders', 'sum'], to: ['shop', 'orders', 'total'] },
    ]);
    expect(proof).toContain('every row kept');
    expect(files.map(({ contract }) => contract)).toEqual([false, false, false, true]);
    for (const { migration } of files) {
      const down = await project.read(migration, 'down.sql');
      expect(down).toContain('-- Loses: nothing.\n');
      expect(down).not.toContain('Comes back empty');
    }
    await using db = await emptyDatabase(server);
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders VALUES (1, 'a', 5)`;
    await project.rollback(db.url, 4);
    expect(await db.sql`SELECT * FROM shop.orders`).toEqual([{ id: 1, sum: 5, note: 'a' }]);
    // The other way of answering: a note beside the column.
    await project.declare(
      orders
        .replace("note: text('note')", "remark: text('remark')")
        .replace('unique() });', 'unique() // was: note\n});'),
    );
    const noted = await project.generate('remark');
    const text = (await Promise.all(noted.files.map(({ migration }) => project.read(migration)))).join('\n');
    expect(text).toContain('DROP COLUMN "note"');
    await project.migrate(db.url);
    expect(
      await db.sql`INSERT INTO shop.orders (id, remark) VALUES (2, 'a') ON CONFLICT (remark) DO UPDATE SET total = 6 RETURNING id, total`,
    ).toEqual([{ id: 1, total: 6 }]);
    expect(noted.drops).toEqual([]);
    const catalog = await readCatalog(db.sql, ['shop']);
    expect([...catalog.keys()].filter((object) => object.startsWith('constraint '))).toEqual([
      'constraint shop.orders orders_pkey',
      'constraint shop.orders orders_remark_key',
    ]);
  }, 120_000);

  onNewest(
    'what is declared about a table has reached the database also under its next name',
    async () => {
      await using project = await createDrizzleProject(server);
      await project.declare(ORDERS, "comment(s.orders, 'of customers')");
      await project.generate('initial');
      await project.declare(ORDERS.replace("'orders'", "'purchases'"), "comment(s.orders, 'of customers')");
      const { files } = await project.generate('rename', [
        { type: 'rename', kind: 'table', from: ['shop', 'orders'], to: ['shop', 'purchases'] },
      ]);
      expect(files.map(({ contract }) => contract)).toEqual([false, true]);
      await project.writePurposes();
      const history = await parseHistory(project.domain, project.root);
      expect(await fileFindings(project.domain, history, new Date())).toEqual([]);
    },
    120_000,
  );

  test('what cannot be undone is said and not faked: dropped values come back empty, and where rows forbid that, not at all', async () => {
    await using project = await createDrizzleProject(server);
    const state = "export const state = shop.enum('state', ['new', 'done']);\n";
    const must = ORDERS.replace("text('note')", "text('note'), must: text('must').notNull(), state: state('state')");
    await project.declare(state + must);
    await project.generate('initial');
    await project.declare(state.replace("'done'", "'done', 'gone'") + must.replace("note: text('note'), ", ''));
    const empty = await project.generate('less');
    expect(empty.proof).toContain('shop.orders.note goes with its values');
    const downs = await Promise.all(empty.files.map((file) => project.read(file.migration, 'down.sql')));
    const down = downs.join('\n');
    expect(down).toContain('-- Comes back empty, because the way up drops it: the values of shop.orders.note.');
    expect(down).toContain("-- Stops where a row still holds 'gone' of shop.state.");
    expect(empty.files.every(({ irreversible }) => irreversible === null)).toBe(true);
    await project.declare(
      state.replace("'done'", "'done', 'gone'") + ORDERS.replace("note: text('note')", "state: state('state')"),
    );
    const never = await project.generate('never');
    // Not what drops the column: what let new builds leave it out.
    expect(never.files).toMatchObject([
      { irreversible: expect.stringMatching(/contains null values/), contract: false },
      { irreversible: null, contract: true },
    ]);
    expect(await project.read(never.migration ?? '', 'down.sql')).toMatch(
      /-- db: irreversible: column "must".*\n(.*\n)*--\s+ALTER TABLE "shop"."orders" ALTER COLUMN "must" SET NOT NULL;/,
    );
    await using db = await emptyDatabase(server);
    await project.migrate(db.url);
    await expect(project.rollback(db.url, 2)).rejects.toMatchObject({ code: 'DB_IRREVERSIBLE' });
  }, 120_000);

  test('what drizzle-kit writes and PostgreSQL refuses is written by the catalog diff: a view under a view, a type under both', async () => {
    await using project = await createDrizzleProject(server);
    const views = (
      type: string,
      columns: string,
    ) => `${ORDERS.replace("total: integer('total')", `total: ${type}('total'${type === 'bigint' ? ", { mode: 'number' }" : ''})`)}
export const sums = shop.view('sums').as((qb) => qb.select({ ${columns} }).from(orders));
export const more = shop.view('more').as((qb) => qb.select({ id: sums.id }).from(sums));\n`;
    await project.declare(
      views('integer', 'id: orders.id, total: orders.total'),
      "comment(s.sums, 'kept'), comment(s.more, 'kept too')",
    );
    await project.generate('initial');
    await project.declare(
      views('bigint', 'total: orders.total, id: orders.id'),
      "comment(s.sums, 'kept'), comment(s.more, 'kept too')",
    );
    const { warnings, proof } = await project.generate('wider');
    expect(warnings).toContainEqual(
      expect.objectContaining({ why: expect.stringContaining("drizzle-kit's statements do not run here") }),
    );
    expect(proof).toContain('catalogs equal');
    await using db = await emptyDatabase(server);
    await project.migrate(db.url);
    const catalog = await readCatalog(db.sql, ['shop']);
    expect(catalog.get('column shop.orders.total')).toContain('bigint');
    expect(catalog.get('comment view shop.sums')).toBe('kept');
    expect(catalog.get('comment view shop.more')).toBe('kept too');
  }, 120_000);

  onNewest(
    'made-up rows fit what the change asks of them; where none can, their table is left empty and named',
    async () => {
      await using project = await createDrizzleProject(server);
      await project.declare(ORDERS.replace(' })', ", code: text('code') })"));
      await project.generate('initial');
      await project.declare(
        `export const orders = shop.table('orders', { id: integer('id').primaryKey(), total: integer('total').notNull(), note: text('note').notNull(), code: text('code').unique() },
  (t) => [check('orders_note_check', sql\`\${t.note} IN ('new', 'old')\`), check('orders_code_check', sql\`\${t.code} <> ''\`)]);\n`,
      );
      expect((await project.generate('tighter')).proof).toMatch(/3 rows in 1 table: catalogs equal, every row kept\.$/);
      await project.declare(
        `export const orders = shop.table('orders', { id: integer('id').primaryKey(), total: integer('total').notNull(), note: text('note').notNull(), code: text('code').unique() },
  (t) => [check('orders_note_check', sql\`\${t.note} IN ('new', 'old')\`), check('orders_code_check', sql\`\${t.code} <> ''\`), check('orders_never_check', sql\`\${t.id} < 0 AND \${t.id} > 0\`)]);\n`,
      );
      expect((await project.generate('never')).proof).toContain('without rows: shop.orders (');
    },
    120_000,
  );

  test('what is dropped and made again, a view or a function, keeps its comment, its index, and the privileges that only the real database knows; so does a column that changes its type', async () => {
    await using project = await createDrizzleProject(server);
    const views = (columns: string, code: string) => `${ORDERS.replace(' })', `, code: ${code} })`)}
export const sums = shop.view('sums').as((qb) => qb.select({ ${columns} }).from(orders));
export const kept = shop.materializedView('kept').as((qb) => qb.select({ id: orders.id, ${columns.replace('id: orders.id, ', '')} }).from(orders));\n`;
    const objects = (type: string) =>
      `comment(s.sums, 'all'), index({ name: 'kept_id', on: s.kept, columns: ['id'], unique: true }), comment(s.kept, 'filled'),
      sqlFunction({ schema: 'shop', name: 'twice', args: 'n integer, names text[]', returns: '${type}', language: 'sql', body: ' SELECT 2::${type} * n ' })`;
    await project.declare(views('id: orders.id, total: orders.total', "integer('code')"), objects('integer'));
    await project.generate('initial');
    await using db = await emptyDatabase(server);
    await project.migrate(db.url);
    await db.sql.unsafe(
      `GRANT SELECT ON shop.sums TO pg_monitor WITH GRANT OPTION; GRANT SELECT ON shop.kept TO pg_monitor, PUBLIC;
      GRANT SELECT (id) ON shop.kept TO pg_read_all_stats; GRANT UPDATE (code) ON shop.orders TO PUBLIC;
      REVOKE ALL ON FUNCTION shop.twice FROM PUBLIC; GRANT EXECUTE ON FUNCTION shop.twice TO pg_monitor`,
    );
    const privileges = async () => [
      ...(await db.sql`SELECT relname AS name, relacl::text AS acl FROM pg_class WHERE relname IN ('sums', 'kept')
        UNION ALL SELECT attname, attacl::text FROM pg_attribute WHERE attacl IS NOT NULL AND NOT attisdropped AND attrelid IN ('shop.kept'::regclass, 'shop.orders'::regclass)
        UNION ALL SELECT proname, proacl::text FROM pg_proc WHERE proname = 'twice' ORDER BY 1`),
    ];
    const granted = await privileges();
    await project.declare(
      views('id: orders.id, note: orders.note', "bigint('code', { mode: 'number' })"),
      objects('bigint'),
    );
    const { files } = await project.generate('other');
    const before = await readCatalog(db.sql, ['shop']);
    await project.migrate(db.url);
    const catalog = await readCatalog(db.sql, ['shop']);
    expect(catalog.has('column shop.sums.note')).toBe(true);
    for (const object of ['comment view shop.sums', 'comment materialized view shop.kept', 'index shop.kept_id'])
      expect([object, catalog.get(object)]).toEqual([object, before.get(object)]);
    expect(await privileges()).toEqual(granted);
    await project.rollback(db.url, files.length);
    expect(compareCatalogs(before, await readCatalog(db.sql, ['shop']))).toEqual([]);
    expect(await privileges()).toEqual(granted);
  }, 120_000);

  onNewest(
    'a schema whose DDL is longer than a pipe takes at once arrives whole',
    async () => {
      await using project = await createDrizzleProject(server);
      const table = (n: number) =>
        `export const t${n} = shop.table('a_table_with_a_long_name_${n}', { id: integer('id').primaryKey(), ${Array.from({ length: 12 }, (_, c) => `c${c}: text('a_column_with_a_long_name_${c}').notNull().default('${'x'.repeat(60)}')`).join(', ')} });\n`;
      await project.declare(Array.from({ length: 80 }, (_, n) => table(n)).join(''));
      const { migration, statements } = await project.generate('initial');
      expect(statements).toBe(81);
      expect((await project.read(migration ?? '')).length).toBeGreaterThan(100_000);
    },
    120_000,
  );
});
