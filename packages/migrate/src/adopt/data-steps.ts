import type { Backfill } from '../backfill/backfill.ts';
import { countBy } from '../backfill/count.ts';
import type { Session } from '../connect/session.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { relocate } from './relocate.ts';

/** Whether a data step is done, by its own queries. */
export interface DataStep {
  readonly name: string;
  readonly done: boolean;
  /** Rows that a run would change, or that contradict the rule. NULL: its tables or columns are not there yet. */
  readonly rows: number | null;
}

/** undefined_table, undefined_column, undefined_function, invalid_schema_name, datatype mismatches of older ages. */
const NOT_THERE = new Set(['42P01', '42703', '42883', '3F000', '42804', '42704']);

/** Asks the data steps of a domain whether they are done, on the tables where they lie now. Read-only. */
export async function judgeDataSteps(
  session: Session,
  backfills: readonly Backfill[],
  schema: string,
  places: ReadonlyMap<string, { readonly schema: string; readonly name: string }>,
): Promise<readonly DataStep[]> {
  const steps: DataStep[] = [];
  for (const backfill of backfills) steps.push(await judge(session, backfill, schema, places));
  return steps;
}

async function judge(
  session: Session,
  backfill: Backfill,
  schema: string,
  places: Parameters<typeof judgeDataSteps>[3],
): Promise<DataStep> {
  const { name, remaining, verify } = backfill;
  let rows = 0;
  for (const query of [remaining, ...(verify === undefined ? [] : [verify])]) {
    const here = relocate(query, schema, places);
    const found = here === null ? null : await countOrNull(session, backfill, here);
    if (found === null) return { name, done: false, rows: null };
    rows += found;
  }
  return { name, done: rows === 0, rows };
}

async function countOrNull(session: Session, backfill: Backfill, query: string): Promise<number | null> {
  try {
    return await countBy(session, backfill, query);
  } catch (error) {
    if (NOT_THERE.has(sqlStateOf(error) ?? '')) return null;
    throw error;
  }
}
