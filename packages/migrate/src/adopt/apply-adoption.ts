import { runSteps } from '../apply/in-steps.ts';
import { sendTransaction } from '../apply/send-transaction.ts';
import type { Backfill } from '../backfill/backfill.ts';
import { runBackfill } from '../backfill/run.ts';
import { catalogHash, catalogToJson } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { checksum } from '../files/normalize.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { giveWay, LOCK_BUDGET_SECONDS } from '../lock/give-way.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
import type { AdoptOptions } from './adopt-domain.ts';
import { sumTables, type TableSum } from './checksums.ts';
import type { Look } from './look.ts';
import { at, q } from './names.ts';
import type { AdoptionPlan, Fill, LaterStep } from './plan.ts';
import { pathOf } from './read-model.ts';
import { beginText, type NewAdoption, type StoredWork } from './store.ts';

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
  options: Pick<AdoptOptions, 'keepInPlace'>,
): Promise<void> {
  const { plan } = seen;
  const before = await sumTables(
    session.sql,
    plan.tables,
    ({ from, legacyName }) => ({ schema: from, name: legacyName }),
    false,
  );
  const record = beginText(domain, await newAdoption(session, seen, before, options));
  await inOneTransaction(
    session,
    plan.acts.map(({ sql }) => sql),
    {
      path: workingPath(plan.schema, plan.from),
      before: record,
      after: 'SELECT 1',
      at: `adoption of ${plan.from}`,
    },
  );
}

export interface OneTransaction {
  readonly path: string;
  /** The engine's own SQL, ahead of and behind the work. */
  readonly before: string;
  readonly after: string;
  readonly at: string;
}

/** Runs statements under the lock rules of the runner. */
export async function inOneTransaction(
  session: Session,
  texts: readonly string[],
  { path, before, after, at: where }: OneTransaction,
): Promise<void> {
  const statements = texts.flatMap(parsed);
  const settings = [`search_path = ${path}`, "timezone = 'UTC'", 'check_function_bodies = off']
    .map((one) => `SET LOCAL ${one}`)
    .join('; ');
  await giveWay(
    session,
    statements,
    { budgetSeconds: LOCK_BUDGET_SECONDS, at: where },
    (takeLocks) =>
      sendTransaction(
        session,
        { before: `${before}; ${takeLocks}; ${settings}`, statements, after },
        (error, statement) => failed(error, statement, where),
      ),
    null,
  );
}

/** The statements of a text of ours. */
export function parsed(text: string): readonly Statement[] {
  const result = parseSql(text);
  if (!result.ok)
    throw new DbError('DB_BUG', { why: `a statement of ours is no SQL: ${result.fault.message}\n${text}` });
  return result.statements;
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
    undo: [...plan.acts, ...plan.later].toReversed().flatMap(({ undo }) => undo),
    retained: plan.retained,
    waiting: plan.waiting,
  };
}

/** A table without a key to walk by is filled in one statement. */
function unkeyed({ fills, schema }: AdoptionPlan): readonly LaterStep[] {
  return fills
    .filter(({ key }) => key === null)
    .map(({ table, column, value }) => ({
      about: `column ${table}.${column}`,
      sql: `UPDATE ${at(schema, table)} AS t SET ${q(column)} = ${value} WHERE t.${q(column)} IS NULL AND ${value} IS NOT NULL`,
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
  for (const fill of work.fills) {
    if (fill.key === null) continue;
    options.onEvent?.({ type: 'doing', about: `column ${fill.table}.${fill.column}` });
    await runBackfill(session, keyOf(domain), asBackfill(schema, fill), { lock: options.lock });
  }
  await session.sql.unsafe(`SET search_path = ${workingPath(schema, from)}`);
  await runSteps(session, asMigration(work.later), keyOf(domain), {
    onProgress: ({ phase }) => options.onEvent?.({ type: 'doing', about: phase }),
  });
  await session.sql.unsafe('RESET search_path');
}

/** Under which the steps and fills of an adoption are recorded, apart from those of the domain's migrations. */
export function keyOf(domain: string): string {
  return `adopt:${domain}`;
}

function asBackfill(schema: string, { table, column, value, key }: Fill): Backfill {
  const { column: by, type } = key ?? { column: '', type: 'text' as const };
  const place = at(schema, table);
  const open = `t.${q(column)} IS NULL AND ${value} IS NOT NULL`;
  return {
    name: `fill ${table}.${column}`,
    rule: 'the value that its legacy columns give',
    table: place,
    key: { column: by, type },
    batch: `UPDATE ${place} AS t SET ${q(column)} = ${value} WHERE ($1::${type} IS NULL OR t.${q(by)} > $1) AND t.${q(by)} <= $2 AND ${open}`,
    remaining: `SELECT count(*) FROM ${place} AS t WHERE ${open}`,
  };
}

function asMigration(steps: readonly LaterStep[]): ParsedMigration {
  const sql = steps.map((step) => step.sql).join(';\n');
  return {
    name: 'adopt',
    path: 'adoption',
    sql,
    checksum: checksum(sql),
    down: null,
    replaces: [],
    header: {
      noTransaction: true,
      inBatches: false,
      irreversible: null,
      allow: {},
      contract: false,
      lockBudgetSeconds: null,
      afterBackfill: [],
      replaces: [],
    },
    statements: steps.flatMap((step) => parsed(step.sql)),
  };
}
