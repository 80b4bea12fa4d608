import type { TestDatabase } from '@repo/local-postgres';
import { DbError } from '../errors/db-error.ts';
import { type OnlineNote, type OnlinePlan, planOnline } from '../online/plan-online.ts';
import { type RowEstimates, readFacts } from '../online/read-facts.ts';
import { type Change, completeChange } from './change.ts';
import { keepGrants } from './keep-grants.ts';
import { type Proof, type ProveInput, prove } from './prove.ts';
import { openScratchSession, type Scratch } from './scratch.ts';
import type { ScratchState } from './scratch-state.ts';

export interface ChangeInput {
  /** A scratch database with the history in it, in which nobody is connected. */
  readonly base: TestDatabase;
  /** Where the change shall lead. */
  readonly declared: ScratchState;
  readonly schemas: readonly string[];
  readonly scratch: Scratch;
  /** Row counts of the database that the migrations are for; a table that is not in it counts as large. */
  readonly rows?: RowEstimates | undefined;
}

/** A change as the files that it takes, and the proof of them. */
export interface DraftedChange {
  readonly change: Change;
  readonly plan: OnlinePlan;
  readonly proof: Proof;
}

/** Completes drizzle-kit's statements by the catalog diff, rewrites what would block a table with rows, and proves the files. NULL:
 *  history and declared state are equal.
 *  @throws {DbError} DB_GENERATE */
export async function draftChange(kit: readonly string[], input: ChangeInput): Promise<DraftedChange | null> {
  const { base, declared, schemas, scratch, rows } = input;
  const change = await completeChange(kit, base, declared, schemas, scratch);
  const statements = keepGrants([...change.kit, ...change.objects]);
  if (statements.length === 0) return null;
  const plan = planOnline(statements, await factsOf(base.url, schemas, rows));
  if (plan.refused.length > 0) throw refusal(plan.refused);
  const proven = await proveOrPlain(plan, statements, { base, schemas, scratch, later: change.later });
  return { change, ...proven };
}

/** The files as planned or, where those do not run, the plain statements, with a warning that says so. */
async function proveOrPlain(
  plan: OnlinePlan,
  statements: readonly string[],
  input: Omit<ProveInput, 'files'>,
): Promise<Pick<DraftedChange, 'plan' | 'proof'>> {
  try {
    return { plan, proof: await prove({ ...input, files: plan.files }) };
  } catch (error) {
    const [first, ...more] = plan.files;
    const isPlain = first === undefined || (more.length === 0 && `${first.statements}` === `${statements}`);
    if (!(error instanceof DbError) || isPlain) throw error;
    const note = {
      statement: (error.facts.why ?? error.message).replaceAll(/\s+/g, ' '),
      why: 'the form that blocks nobody does not run here, so the statements are plain',
      fix: 'apply them while the tables are not in use',
    };
    const file = { ...PLAIN, statements };
    const proof = await prove({ ...input, files: [file] });
    return { plan: { ...plan, files: [file], warnings: [...plan.warnings, note] }, proof };
  }
}

const PLAIN = {
  ...{ slug: '', noTransaction: false, inBatches: false, contract: false },
  ...{ afterBackfill: [], allow: {}, down: null },
};

function refusal(refused: readonly OnlineNote[]): DbError {
  const why = refused.map((note) => `${note.why}\n  ${note.statement}\n  ${note.fix}`).join('\n');
  return new DbError('DB_GENERATE', { why, changed: 'nothing was written' });
}

async function factsOf(url: string, schemas: readonly string[], rows: RowEstimates | undefined) {
  await using session = await openScratchSession(url);
  return await readFacts(session.sql, schemas, rows);
}
