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

/** SQLSTATE of a prepared statement whose result type has changed. */
const PLAN_CHANGED = '0A000';

/** Prepares the first of some operations that the table allows, and starts it. NULL: it allows none of them. */
export async function startWorker(
  target: Target,
  probed: ProbeTable,
  operations: readonly Operation[],
  perSecond: number,
): Promise<ProbeWorker | null> {
  const session = await openSession(target, { app: 'db rehearse probe' });
  for (const operation of operations) {
    if (!(await prepare(session, operation, probed))) continue;
    const errors: Record<string, number> = {};
    const loop = startOpenLoop(perSecond, createCall(session, operation, probed, errors));
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

/** After a failure the table is looked at again, as an application of the new build would know it; one that is gone is left alone. */
function createCall(
  session: Session,
  operation: Operation,
  probed: ProbeTable,
  errors: Record<string, number>,
): (n: number) => Promise<void> {
  let known: ProbeTable | null = probed;
  return async (n) => {
    if (known === null) return;
    try {
      await session.sql.unsafe(operationCall(known, n));
    } catch (error) {
      const state = sqlStateOf(error) ?? 'connection';
      errors[state] = (errors[state] ?? 0) + 1;
      if (state !== PLAN_CHANGED) known = await readProbeTable(session.sql, known.table).catch(() => null);
      if (known !== null && !(await prepare(session, operation, known))) known = null;
    }
  };
}
