import type { Backfill } from '../backfill/backfill.ts';
import { runBackfill } from '../backfill/run.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import { expectedText } from '../drift/recording.ts';
import { countOf } from '../errors/count-of.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import { finishAppliedText, insertAppliedText, journalText } from '../history/write.ts';
import { parseSql, wholeNode } from '../sql/parse.ts';
import type { AdoptRun } from './adopt-domain.ts';
import { keyOf, memoryOf } from './apply-adoption.ts';
import { asFound } from './as-found.ts';
import { differencesOf, sumTables } from './checksums.ts';
import { type DataStep, judgeDataSteps } from './data-steps.ts';
import { q } from './names.ts';
import type { Waiting } from './plan.ts';
import { unexplained } from './prove.ts';
import { type StoredAdoption, updateText } from './store.ts';
import { watched, watchedRows } from './watched.ts';

/** Proves what was done, and records it: the migrations as applied, the live catalog as the expected one, what is kept and what waits.
 *  @returns what the rows are proved by
 *  @throws {DbError} DB_ADOPT_PROOF; the adoption stays open, and can be undone */
export async function settleAdoption(run: AdoptRun, stored: StoredAdoption): Promise<RowProof> {
  const { session, domain, points, options } = run;
  const { work } = stored;
  const adopted = points.filter(({ migration }) => work.adopted.includes(migration.name));
  options.onEvent?.({ type: 'doing', about: 'proof' });
  const rows = await watched(session, options, 'proof of the rows', () => proveRows(run, stored));
  const names = adopted.flatMap(({ migration }) => migration.header.afterBackfill);
  const steps = await watched(session, options, 'data steps', () => runDataSteps(run, stored, names));
  const waiting: readonly Waiting[] = [...stored.waiting, ...steps.waiting];
  const live = await readCatalog(session.sql, [domain.schema]);
  const point = adopted.at(-1);
  const differences =
    point === undefined || work.keepInPlace
      ? []
      : unexplained(point.catalog, live, domain.schema, { ...stored, waiting });
  const { left, ...untouched } = asFound(differences, stored, domain.schema);
  if (left.length > 0) {
    throw new DbError('DB_ADOPT_PROOF', {
      why: `the catalog is not as declared: ${left.map(({ state, object, expected, live: is }) => `\n  ${state} ${object}: expected ${expected ?? 'nothing'}, got ${is ?? 'nothing'}`).join('')}`,
      changed: 'the adoption is open: run it again, or undo it',
      data: { differences: left },
    });
  }
  const by = { domain: domain.name, appVersion: options.appVersion, late: false };
  const texts = [
    ...adopted.flatMap(({ migration }) => [insertAppliedText(migration, by), finishAppliedText(migration, by, 0)]),
    ...steps.done.map(({ name }) => doneText(domain.name, name)),
    expectedText(domain.name, live),
    `DELETE FROM migrations.steps WHERE domain = ${sqlLiteral(keyOf(domain.name))}`,
    `DELETE FROM migrations.backfills WHERE domain = ${sqlLiteral(keyOf(domain.name))}`,
    updateText(domain.name, {
      state: 'adopted',
      retained: JSON.stringify([...stored.retained, ...untouched.retained]),
      waiting: JSON.stringify([...waiting, ...untouched.waiting]),
      proof: JSON.stringify(rows),
    }),
    journalText(domain.name, '*', 'adopted', {
      from: stored.fromSchema,
      migrations: adopted.length,
      waiting: waiting.length,
    }),
  ];
  // Statements sent together are one transaction.
  await session.sql.unsafe(texts.join(';\n'));
  return rows;
}

function doneText(domain: string, name: string): string {
  return `INSERT INTO migrations.backfills (domain, name, state, finished_at) VALUES (${sqlLiteral(domain)}, ${sqlLiteral(name)}, 'done', clock_timestamp()) ON CONFLICT (domain, name) DO NOTHING`;
}

/** What the rows are proved by. */
export interface RowProof {
  readonly tables: readonly { readonly table: string; readonly rows: string; readonly columns: number }[];
  /** False: somebody else wrote meanwhile, and the sums are not comparable. */
  readonly comparable: boolean;
  readonly differences: readonly string[];
  /** Tables of whose content nothing is proven: their sums differ. */
  readonly unproven: readonly string[];
}

/** What is told of it. */
export function proofNotes({ tables, unproven, differences }: RowProof): readonly string[] {
  const proven = tables.filter(({ table }) => !unproven.includes(table));
  const rows = proven.reduce((sum, one) => sum + Number(one.rows), 0);
  return [
    ...(proven.length === 0
      ? []
      : [`content proven by sums: ${proven.map(({ table }) => table).join(', ')} (${countOf(rows, 'row')})`]),
    ...unproven.map((table) => {
      const own = differences.filter((one) => one.startsWith(`${table}.`) || one.startsWith(`${table}: `));
      return `nothing is proven of the content of ${table}: somebody else wrote meanwhile (${own.join('; ')})`;
    }),
  ];
}

async function proveRows({ session, domain }: AdoptRun, { work }: StoredAdoption): Promise<RowProof> {
  const place = work.keepInPlace
    ? ({ from, legacyName }: StoredAdoption['work']['tables'][number]) => ({ schema: from, name: legacyName })
    : ({ name }: StoredAdoption['work']['tables'][number]) => ({ schema: domain.schema, name });
  const tables = work.tables.map((table) => ({
    ...table,
    asBefore: { ...table.asBefore, ...emptied(domain.name, table.name, work.fills) },
  }));
  const after = await sumTables(session.sql, tables, place, true);
  const differences = differencesOf(work.before, after);
  const [others] = await session.sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name NOT LIKE 'db %'`;
  const comparable = differences.length === 0 || (others?.count ?? 0) === 0;
  if (differences.length > 0 && comparable) {
    throw new DbError('DB_ADOPT_PROOF', {
      why: `rows are not what they were, and nobody else is connected: ${differences.join('; ')}`,
      changed: 'the adoption is open: undo it, or run it again where somebody has written meanwhile',
      data: { differences },
    });
  }
  return {
    tables: after.map(({ table, rows, columns }) => ({ table, rows, columns: Object.keys(columns).length })),
    comparable: differences.length === 0,
    differences,
    unproven: work.before.filter((was) => differencesOf([was], after).length > 0).map(({ table }) => table),
  };
}

/** Values that are remembered as empty before. */
function emptied(
  domain: string,
  table: string,
  fills: StoredAdoption['work']['fills'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fills.flatMap((fill, index) =>
      fill.found && fill.key !== null && fill.table === table
        ? [
            [
              fill.column,
              `CASE WHEN NOT EXISTS (SELECT FROM ${memoryOf(domain, index)} AS m WHERE m.key = t.${q(fill.key.column)}) THEN t.${q(fill.column)} END`,
            ] as const,
          ]
        : [],
    ),
  );
}

/** Runs the data steps that only fill columns which adoption added; others change what was found, and wait. */
async function runDataSteps(
  run: AdoptRun,
  { work }: StoredAdoption,
  names: readonly string[],
): Promise<{ readonly done: readonly DataStep[]; readonly waiting: readonly Waiting[] }> {
  const { session, domain, module, options } = run;
  const wanted = module.backfills.filter(({ name }) => names.includes(name));
  const places = new Map(
    [...module.backfills]
      .flatMap(({ remaining }) => tablesIn(remaining, domain.schema))
      .map((name) => [name, { schema: domain.schema, name }]),
  );
  const added = new Set(work.added);
  for (const backfill of wanted) {
    const [step] = await judgeDataSteps(session, [backfill], domain.schema, places);
    if (step?.done === true || !fillsOnly(backfill, domain.schema, added) || (await hasListeners(run, backfill)))
      continue;
    options.onEvent?.({ type: 'doing', about: `data step ${backfill.name}` });
    await runWhileItHelps(run, backfill, places);
  }
  const judged = await judgeDataSteps(session, wanted, domain.schema, places);
  return {
    done: judged.filter(({ done }) => done),
    waiting: judged
      .filter(({ done }) => !done)
      .map(({ name, rows }) => ({ object: `data step ${name}`, why: 'it changes rows that were found', rows })),
  };
}

/** Passes over the table until one leaves no fewer rows than the one before: those the old application goes on writing, and the step
 *  waits. */
async function runWhileItHelps(
  { session, domain, options }: AdoptRun,
  backfill: Backfill,
  places: Parameters<typeof judgeDataSteps>[3],
): Promise<void> {
  const pass = () => runBackfill(session, domain.name, backfill, { lock: options.lock, onePass: true });
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const failed = await watchedRows(session, options, backfill.name, pass).then(
      () => false,
      (error: unknown) => {
        if (error instanceof DbError && WAITS.has(error.code)) return true;
        throw error;
      },
    );
    const [step] = await judgeDataSteps(session, [backfill], domain.schema, places);
    const left = step?.rows ?? 0;
    if (failed || left === 0 || left >= before) return;
    before = left;
  }
}

/** Whether triggers that are not ours would be told of each row. */
async function hasListeners({ session }: AdoptRun, { table }: Backfill): Promise<boolean> {
  const [row] = await session.sql<{ some: boolean }[]>`
    SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = ${table}::regclass AND NOT tgisinternal AND tgname NOT LIKE 'zz\\_%' AND tgtype & 16 <> 0) AS some`;
  return row?.some === true;
}

const WAITS = new Set(['DB_BACKFILL', 'DB_BACKFILL_ROW', 'DB_BACKFILL_BUSY']);

/** Tables of a schema that a query names. */
function tablesIn(query: string, schema: string): readonly string[] {
  const result = parseSql(query);
  const [statement] = result.ok ? result.statements : [];
  if (statement === undefined) return [];
  const names: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('relname' in value && 'schemaname' in value && value.schemaname === schema) names.push(String(value.relname));
    Object.values(value).forEach(walk);
  };
  walk(wholeNode(statement));
  return names;
}

/** Whether a batch is one UPDATE of columns that adoption added. */
function fillsOnly({ batch }: Backfill, schema: string, added: ReadonlySet<string>): boolean {
  const result = parseSql(batch);
  const [statement] = result.ok ? result.statements : [];
  if (statement?.kind !== 'UpdateStmt') return false;
  const { relation, targetList } = wholeNode(statement) as {
    readonly relation?: { readonly schemaname?: string; readonly relname?: string };
    readonly targetList?: readonly { readonly ResTarget?: { readonly name?: string } }[];
  };
  if (relation?.schemaname !== schema) return false;
  return (targetList ?? []).every(({ ResTarget }) => added.has(`${relation.relname}.${ResTarget?.name}`));
}
