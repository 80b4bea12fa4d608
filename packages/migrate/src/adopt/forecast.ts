import { stronger } from '../lock/lock-modes.ts';
import { neededLocks } from '../lock/needed-locks.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
import type { AdoptionPlan, Forecast } from './plan.ts';

/** What a server of modest size reads and writes in a millisecond. */
const BYTES_READ_PER_MS = 300_000;
const BYTES_WRITTEN_PER_MS = 40_000;
const CATALOG_MS = 1;

/** What each statement of a plan locks, and how long it takes at about; `bytes`: of each declared table. Pure; the grammar must be
 *  loaded. */
export function forecastOf(plan: AdoptionPlan, bytes: ReadonlyMap<string, number>): readonly Forecast[] {
  return [
    ...plan.acts.map((one) => ({ ...forecast(one.about, one.sql, bytes), inTransaction: true })),
    ...plan.later.map((one) => ({ ...forecast(one.about, one.sql, bytes), inTransaction: false })),
  ];
}

function forecast(about: string, sql: string, bytes: ReadonlyMap<string, number>): Omit<Forecast, 'inTransaction'> {
  const parsed = parseSql(sql);
  const statements = parsed.ok ? parsed.statements : [];
  const locks = neededLocks(statements);
  const lock = locks.length === 0 ? null : locks.map(({ mode }) => mode).reduce(stronger);
  const ms = statements.reduce((sum, statement) => sum + costOf(statement, bytes), 0);
  return {
    about,
    sql,
    lock: statements.some(isConcurrent) ? 'SHARE UPDATE EXCLUSIVE' : lock,
    ms: Math.max(CATALOG_MS, Math.round(ms)),
  };
}

function isConcurrent({ node }: Statement): boolean {
  return node['concurrent'] === true;
}

function costOf({ kind, node }: Statement, bytes: ReadonlyMap<string, number>): number {
  const size = bytes.get(String((node['relation'] as { relname?: string } | undefined)?.relname ?? '')) ?? 0;
  if (kind === 'IndexStmt')
    return (node['concurrent'] === true ? 2 : 1) * (size / BYTES_READ_PER_MS) + size / 4 / BYTES_WRITTEN_PER_MS;
  if (kind !== 'AlterTableStmt') return 0;
  const kinds = (
    node['cmds'] as readonly { AlterTableCmd: { subtype: string; def?: { ColumnDef?: { raw_default?: unknown } } } }[]
  ).map((one) => one.AlterTableCmd);
  if (kinds.some(({ subtype }) => subtype === 'AT_ValidateConstraint')) return size / BYTES_READ_PER_MS;
  const rewrites = kinds.some(
    ({ subtype, def }) => subtype === 'AT_AlterColumnType' && def?.ColumnDef?.raw_default !== undefined,
  );
  return rewrites ? size / BYTES_READ_PER_MS + size / BYTES_WRITTEN_PER_MS : 0;
}
