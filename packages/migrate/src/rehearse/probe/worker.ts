import { openSession, type Session } from '../../connect/session.ts';
import type { Target } from '../../connect/target.ts';
import { sqlStateOf } from '../../errors/from-driver.ts';
import type { Operation } from '../report.ts';
import { type OpenLoop, startOpenLoop } from './open-loop.ts';
import { operationCall, operationSql, type ProbeTable, readProbeTable } from './probe-table.ts';

/** One operation on one table, again and again, on a connection of its own: one that is blocked blocks no other. */
export interface ProbeWorker extends AsyncDisposable {
  readonly table: string;
  readonly operation: Operation;
  readonly loop: OpenLoop;
  /** SQLSTATE → how many. */
  readonly errors: Readonly<Record<string, number>>;
}

/** `of the new build`: after a failure it knows the table as it is by then. `of before`: it goes on with the statements that it has,
 *  under the names that it knows. */
export type Application = 'of the new build' | 'of before';

export interface ProbeOptions {
  /** Operations a second on each table, of each kind. */
  readonly perSecond: number;
  readonly of: Application;
}

/** SQLSTATE of a prepared statement whose result type has changed. */
const PLAN_CHANGED = '0A000';

/** Prepares the first of some operations that the table allows, and starts it. NULL: it allows none of them. */
export async function startWorker(
  target: Target,
  probed: ProbeTable,
  operations: readonly Operation[],
  { perSecond, of }: ProbeOptions,
): Promise<ProbeWorker | null> {
  const session = await openSession(target, { app: 'db rehearse probe' });
  for (const operation of operations) {
    if (!(await prepare(session, operation, probed))) continue;
    const errors: Record<string, number> = {};
    const loop = startOpenLoop(perSecond, createCall(session, operation, probed, { errors, of }));
    return {
      ...{ table: probed.table, operation, loop, errors },
      [Symbol.asyncDispose]: async () => {
        await loop.stop();
        await session[Symbol.asyncDispose]();
      },
    };
  }
  await session[Symbol.asyncDispose]();
  return null;
}

/** Prepares an operation and tries it once: a trigger may refuse every update. */
async function prepare({ sql }: Session, operation: Operation, probed: ProbeTable): Promise<boolean> {
  const text = operationSql(operation, probed);
  if (text === null) return false;
  try {
    await sql.unsafe('DEALLOCATE ALL');
    const types = probed.key.map(() => 'text').join(', ');
    await sql.unsafe(`PREPARE probe${types === '' ? '' : ` (${types})`} AS ${text}`);
    await sql.unsafe(operationCall(probed, 0));
    return true;
  } catch {
    return false;
  }
}

/** After a failure the statement is prepared anew; an application of the new build looks at the table again first. A table that is gone
 *  is left alone. */
function createCall(
  session: Session,
  operation: Operation,
  probed: ProbeTable,
  { errors, of }: { readonly errors: Record<string, number>; readonly of: Application },
): (n: number) => Promise<void> {
  let known: ProbeTable | null = probed;
  return async (n) => {
    if (known === null) return;
    try {
      await session.sql.unsafe(operationCall(known, n));
    } catch (error) {
      const state = sqlStateOf(error) ?? 'connection';
      errors[state] = (errors[state] ?? 0) + 1;
      if (state !== PLAN_CHANGED && of === 'of the new build')
        known = await readProbeTable(session.sql, known.table).catch(() => null);
      if (known !== null && !(await prepare(session, operation, known))) known = null;
    }
  };
}
