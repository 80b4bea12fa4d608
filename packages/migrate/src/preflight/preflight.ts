import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { NO_FACTS, type OnlineFacts } from '../online/facts.ts';
import { readFacts } from '../online/read-facts.ts';
import { askRows, LOCK_MS } from './ask.ts';
import { describeInTheWay } from './describe.ts';
import { findRequirements, type PendingFile } from './find-requirements.ts';
import type { Answer, InTheWay, PendingRequirement } from './requirement.ts';

/** The questions of a run: what is asked before it touches anything, and what waits for its migration's turn. */
export interface Preflight {
  /** Asks what can be asked now. */
  atStart(): Promise<Answer>;
  /** Asks what an earlier migration of the run had to change first.
   *  @throws {DbError} DB_DATA */
  inTurn(migration: string): Promise<void>;
  /** The migrations that `inTurn` has a question of. */
  readonly waits: ReadonlySet<string>;
}

/** Asks nothing. */
export const NO_QUESTIONS: Preflight = {
  atStart: async () => ({ inTheWay: [], notAnswered: [] }),
  inTurn: async () => {},
  waits: new Set(),
};

/** Works out what pending migrations ask of the rows that are there. The catalog is read only where they ask anything. */
export async function prepareQuestions(
  session: Session,
  schema: string,
  pending: readonly PendingFile[],
): Promise<Preflight> {
  const requirements = await requirementsFor(session, schema, pending);
  const at = (when: PendingRequirement['when']) => requirements.filter((one) => one.when === when);
  return {
    waits: new Set(at('turn').map(({ migration }) => migration)),
    atStart: () => askRows(session.sql, at('start')),
    inTurn: async (migration) => {
      const own = at('turn').filter((one) => one.migration === migration);
      if (own.length === 0) return;
      const { inTheWay } = await askRows(session.sql, own);
      if (inTheWay.length > 0)
        throw rowsInTheWay(inTheWay, 'nothing of this migration was run; those before it are applied');
    },
  };
}

/** @throws {DbError} DB_DATA, where there are any */
export function requireNone({ inTheWay }: Answer): void {
  if (inTheWay.length > 0) throw rowsInTheWay(inTheWay, 'nothing was changed');
}

function rowsInTheWay(inTheWay: readonly InTheWay[], changed: string): DbError {
  const why = inTheWay.map(describeInTheWay).join('\n  ');
  const [first] = inTheWay;
  return new DbError('DB_DATA', {
    why: `rows are in the way:\n  ${why}`,
    at: first?.at ?? '',
    changed,
    data: { inTheWay },
  });
}

async function requirementsFor(
  session: Session,
  schema: string,
  pending: readonly PendingFile[],
): Promise<readonly PendingRequirement[]> {
  const server = session.serverVersion;
  const blind = findRequirements(pending, { facts: NO_FACTS, server });
  const mayAsk =
    blind.length > 0 ||
    pending.some((migration) => /\bVALIDATE\b|\bTYPE\b|\bUPDATE\b|\bREFERENCES\b/i.test(migration.sql));
  if (!mayAsk) return [];
  const facts = await factsUnlessLocked(session, schema);
  return facts === null ? blind : findRequirements(pending, { facts, server });
}

const LOCK_NOT_AVAILABLE = '55P03';

/** NULL: somebody holds a table so that not even its definition can be read. */
async function factsUnlessLocked({ sql }: Session, schema: string): Promise<OnlineFacts | null> {
  const reading = sql.begin('READ ONLY', async (tx) => {
    await tx.unsafe(`SET LOCAL lock_timeout = ${LOCK_MS}`);
    return await readFacts(tx, [schema]);
  });
  return await reading.catch((error: unknown) => {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return null;
    throw error;
  });
}
