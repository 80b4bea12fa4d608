import { runSteps } from '../apply/in-steps.ts';
import { sendTransaction } from '../apply/send-transaction.ts';
import type { Backfill } from '../backfill/backfill.ts';
import { runBackfill } from '../backfill/run.ts';
import { catalogHash, catalogToJson } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { giveWay, LOCK_BUDGET_SECONDS } from '../lock/give-way.ts';
import type { Statement } from '../sql/parse.ts';
import type { AdoptOptions } from './adopt-domain.ts';
import { asMigration } from './as-migration.ts';
import { sumTables, type TableSum } from './checksums.ts';
import type { Look } from './look.ts';
import { at, q, suffixed } from './names.ts';
import type { AdoptedTable, AdoptionPlan, Fill, LaterStep } from './plan.ts';
import { pathOf } from './read-model.ts';
import { beginText, type NewAdoption, type StoredWork } from './store.ts';
import { type Watching, watched, watchedRows } from './watched.ts';

/** The search path under which the statements of a plan mean what they say. */
export function workingPath(schema: string, from: string): string {
  return [...new Set([q(schema), q(from), ...pathOf(schema).split(', ')])].join(', ');
}

/** Carries out what fits into one transaction: all of it, with its record, or nothing.
 *  @throws {DbError} DB_ADOPT with the statement at fault, DB_LOCK_TIMEOUT, DB_CONNECTION_LOST */
export async function applyTransaction(
  session: Session,
  domain: string,
  seen: Look,
  options: Pick<AdoptOptions, 'keepInPlace' | 'observer'>,
): Promise<void> {
  const { plan } = seen;
  const place = ({ from, legacyName }: AdoptedTable) => ({ schema: from, name: legacyName });
  const before = await watched(session, options, 'checksums before', () =>
    sumTables(session.sql, plan.tables, place, false),
  );
  const record = beginText(domain, await newAdoption(session, domain, seen, before, options));
  await inOneTransaction(
    session,
    plan.acts.filter((one) => !one.early).map(({ sql }) => sql),
    {
      path: workingPath(plan.schema, plan.from),
      before: record,
      early: plan.acts.filter((one) => one.early).map(({ sql }) => sql),
      after: 'SELECT 1',
      at: `adoption of ${plan.from}`,
      observer: options.observer,
    },
  );
}

export interface OneTransaction extends Watching {
  readonly path: string;
  /** The engine's own SQL, ahead of and behind the work. */
  readonly before: string;
  readonly after: string;
  /** Work that touches nothing that was found, before the locks are taken. Absent: none. */
  readonly early?: readonly string[];
  readonly at: string;
}

/** Runs statements under the lock rules of the runner. */
export async function inOneTransaction(
  session: Session,
  texts: readonly string[],
  { path, before, after, early = [], at: where, observer }: OneTransaction,
): Promise<void> {
  const work = asMigration(texts, false);
  const { statements } = work;
  const settings = [`search_path = ${path}`, "timezone = 'UTC'", 'check_function_bodies = off']
    .map((one) => `SET LOCAL ${one}`)
    .join('; ');
  const attempt = (takeLocks: string) =>
    sendTransaction(
      session,
      { before: [before, settings, ...early, takeLocks].join('; '), statements, after },
      (error, statement) => failed(error, statement, where),
      observer,
    );
  const rules = { budgetSeconds: LOCK_BUDGET_SECONDS, at: where };
  const body = () => giveWay(session, statements, rules, attempt, null);
  await watched(session, { observer }, where, body, work);
}

function failed(error: unknown, { text }: Statement, where: string): unknown {
  if (connectionCode(error) !== undefined) return error;
  const why = `${error instanceof Error ? error.message : String(error)}\n  ${text.split('\n', 1)[0]}`;
  return new DbError(
    'DB_ADOPT',
    { why, at: where, sqlState: sqlStateOf(error), changed: 'nothing was changed' },
    { cause: error },
  );
}

async function newAdoption(
  session: Session,
  domain: string,
  seen: Look,
  before: readonly TableSum[],
  { keepInPlace }: Pick<AdoptOptions, 'keepInPlace'>,
): Promise<NewAdoption> {
  const { plan, adopted } = seen;
  const found = await readCatalog(session.sql, [...new Set([plan.from, plan.schema])]);
  const added = plan.objects.flatMap(({ object, state }) =>
    object.startsWith('column ') && (state === 'missing' || state === 'computed')
      ? [object.slice('column '.length)]
      : [],
  );
  const work: StoredWork = {
    adopted: adopted.map(({ name }) => name),
    tables: plan.tables,
    fills: plan.fills,
    later: [...unkeyed(plan), ...plan.later],
    added,
    before,
    keepInPlace,
  };
  return {
    fromSchema: plan.from,
    found: catalogToJson(found),
    foundHash: catalogHash(found),
    work,
    undo: [
      ...[...plan.acts, ...plan.later].toReversed().flatMap(({ undo }) => undo),
      ...plan.fills.flatMap((fill, index) => takeBack(plan, domain, fill, index)),
    ],
    retained: plan.retained,
    waiting: plan.waiting,
  };
}

/** A table without a key to walk by is filled in one statement. */
function unkeyed({ fills }: AdoptionPlan): readonly LaterStep[] {
  return fills
    .filter(({ key }) => key === null)
    .map(({ table, place, column, value }) => ({
      about: `column ${table}.${column}`,
      sql: `UPDATE ${place} AS t SET ${q(column)} = ${value} WHERE t.${q(column)} IS NULL AND ${value} IS NOT NULL`,
      undo: [],
    }));
}

/** Carries out what is left: fills columns in batches, then one statement after the other, each with a durable row. What an earlier run
 *  has done is not done again. */
export async function applyRest(
  session: Session,
  domain: string,
  schema: string,
  from: string,
  work: StoredWork,
  options: AdoptOptions,
): Promise<void> {
  const later = asMigration(work.later.map(({ sql }) => sql));
  const body = async () => {
    const quiet = work.fills.length > 0 && (await mayBeQuiet(session));
    for (const [index, fill] of work.fills.entries()) {
      if (fill.key === null) continue;
      if (fill.found) await remember(session, domain, fill, index);
      options.onEvent?.({ type: 'doing', about: `column ${fill.table}.${fill.column}` });
      const backfill = asBackfill(fill, quiet);
      await watchedRows(session, options, backfill.name, () =>
        runBackfill(session, keyOf(domain), backfill, { lock: options.lock }),
      );
    }
    await session.sql.unsafe(`SET search_path = ${workingPath(schema, from)}`);
    await runSteps(session, later, keyOf(domain), {
      onProgress: ({ phase }) => options.onEvent?.({ type: 'doing', about: phase }),
      observer: options.observer,
    });
    await session.sql.unsafe('RESET search_path');
  };
  await watched(session, options, 'beside the application', body, later);
}

/** Under which the steps and fills of an adoption are recorded, apart from those of the domain's migrations. */
export function keyOf(domain: string): string {
  return `adopt:${domain}`;
}

/** Keys of the rows whose column was there and empty, so that it can be emptied again. */
export function memoryOf(domain: string, index: number): string {
  return `migrations.${q(suffixed(`adopt_${domain}`, `_filled_${index}`))}`;
}

async function remember(
  { sql }: Session,
  domain: string,
  { place: table, column, value, key }: Fill,
  index: number,
): Promise<void> {
  const place = memoryOf(domain, index);
  const [row] = await sql<{ there: boolean }[]>`SELECT to_regclass(${place}) IS NOT NULL AS there`;
  if (row?.there === true) return;
  await sql.unsafe(
    `CREATE TABLE ${place} AS SELECT t.${q(key?.column ?? '')} AS key FROM ${table} AS t WHERE t.${q(column)} IS NULL AND ${value} IS NOT NULL`,
  );
}

/** Once the table lies where it was found, without a trigger of ours. */
function takeBack({ tables }: AdoptionPlan, domain: string, fill: Fill, index: number): readonly string[] {
  const { table, column, key, found } = fill;
  const place = tables.find(({ name }) => name === table);
  if (!found || key === null || place === undefined) return [];
  const memory = memoryOf(domain, index);
  return [
    `DO 'BEGIN IF has_parameter_privilege(''session_replication_role'', ''SET'') THEN PERFORM set_config(''session_replication_role'', ''replica'', true); END IF; END'`,
    `CREATE TABLE IF NOT EXISTS ${memory} (key ${key.type})`,
    `UPDATE ${at(place.from, place.legacyName)} AS t SET ${q(column)} = NULL FROM ${memory} AS m WHERE m.key = t.${q(key.column)}`,
    `DROP TABLE ${memory}`,
  ];
}

/** Whether we may keep triggers from firing in our own transactions. */
export async function mayBeQuiet({ sql }: Session): Promise<boolean> {
  const [row] = await sql<{ may: boolean }[]>`SELECT has_parameter_privilege('session_replication_role', 'SET') AS may`;
  return row?.may === true;
}

/** Other people's triggers are told nothing, where we may: what a row says has not changed. The setting ends with the batch. */
function asBackfill({ table, place, column, value, key }: Fill, quiet: boolean): Backfill {
  const { column: by, type } = key ?? { column: '', type: 'text' as const };
  const open = `t.${q(column)} IS NULL AND ${value} IS NOT NULL`;
  return {
    name: `fill ${table}.${column}`,
    rule: 'the value that its legacy columns give',
    table: place,
    key: { column: by, type },
    batch: `${quiet ? QUIET : ''}UPDATE ${place} AS t SET ${q(column)} = ${value}${quiet ? ' FROM quiet' : ''} WHERE ($1::${type} IS NULL OR t.${q(by)} > $1) AND t.${q(by)} <= $2 AND ${open}`,
    remaining: `SELECT count(*) FROM ${place} AS t WHERE ${open}`,
  };
}

/** Ahead of an UPDATE that takes its rows FROM quiet, too: triggers of others do not fire. */
export const QUIET = `WITH quiet AS MATERIALIZED (SELECT set_config('session_replication_role', 'replica', true)) `;
