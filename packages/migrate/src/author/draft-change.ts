import type { TestDatabase } from '@repo/local-postgres';
import { DbError } from '../errors/db-error.ts';
import type { OnlineFacts } from '../online/facts.ts';
import { type OnlineNote, type OnlinePlan, planOnline } from '../online/plan-online.ts';
import { type RowEstimates, readFacts } from '../online/read-facts.ts';
import { type Change, completeChange } from './change.ts';
import { keepGrants } from './keep-grants.ts';
import { numberedOn } from './numbered-on.ts';
import { type Proof, type ProveInput, prove } from './prove.ts';
import { openScratchSession, type Scratch } from './scratch.ts';
import { differenceLines, readState, type ScratchState } from './scratch-state.ts';

export interface ChangeInput {
  /** A scratch database with the history in it, in which nobody is connected. */
  readonly base: TestDatabase;
  readonly before: ScratchState;
  /** Of the base, with the row counts of the database that the migrations are for. */
  readonly facts: OnlineFacts;
  /** Where the change shall lead. */
  readonly declared: ScratchState;
  readonly schemas: readonly string[];
  readonly scratch: Scratch;
}

/** A change as the files that it takes, and the proof of them. */
export interface DraftedChange {
  readonly change: Change;
  readonly plan: OnlinePlan;
  readonly proof: Proof;
}

/** What a change starts from. Nobody is connected any more when it is told. */
export async function readBase(
  url: string,
  schemas: readonly string[],
  rows?: RowEstimates,
): Promise<Pick<ChangeInput, 'before' | 'facts'>> {
  await using session = await openScratchSession(url);
  return { before: await readState(session, schemas), facts: await readFacts(session.sql, schemas, rows) };
}

/** Completes drizzle-kit's statements by the catalog diff, rewrites what would block a table with rows, and proves the files. NULL:
 *  history and declared state are equal.
 *  @throws {DbError} DB_GENERATE */
export async function draftChange(kit: readonly string[], input: ChangeInput): Promise<DraftedChange | null> {
  const { base, before, facts, declared, schemas, scratch } = input;
  const change = await completeChange(kit, base, declared, schemas, scratch);
  const statements = numberedOn(keepGrants([...change.kit, ...change.objects]));
  if (statements.length === 0) return null;
  const plan = planOnline(statements, facts);
  if (plan.refused.length > 0) throw refusal(plan.refused);
  const plans = [plan, planOnline(statements, facts, { keepsNames: false }), plainly(plan, statements)];
  const after = { statements: [...change.kit, ...change.objects], state: declared };
  const proven = await proveFirst(plans, { base, before, after, schemas, scratch, later: change.later }, declared);
  return { change, ...proven };
}

/** The first of some plans that runs and leads to what is declared, with a warning that says what it is not. */
async function proveFirst(
  plans: readonly OnlinePlan[],
  input: Omit<ProveInput, 'files'>,
  declared: ScratchState,
): Promise<Pick<DraftedChange, 'plan' | 'proof'>> {
  const [plan, ...others] = plans;
  if (plan === undefined) throw new Error('no plan');
  const next = others.filter((other) => textOf(other) !== textOf(plan));
  try {
    const proof = await prove({ ...input, files: plan.files });
    requireDeclared(proof, declared);
    return { plan, proof };
  } catch (error) {
    if (!(error instanceof DbError) || next.length === 0) throw error;
    const proven = await proveFirst(next, input, declared);
    return { ...proven, plan: { ...proven.plan, warnings: [...proven.plan.warnings, doesNotRun(error)] } };
  }
}

/** The online forms must lead where the plain statements lead. */
function requireDeclared(proof: Proof, { catalog }: ScratchState): void {
  const last = proof.states.at(-1);
  const different = last === undefined ? [] : differenceLines(last.catalog, catalog);
  if (different.length === 0) return;
  throw new DbError('DB_GENERATE', {
    why: `the files lead to another state than the declared one:\n  ${different.join('\n  ')}`,
    changed: 'nothing was written',
  });
}

function doesNotRun({ facts, message }: DbError): OnlineNote {
  return {
    statement: (facts.why ?? message).replaceAll(/\s+/g, ' '),
    why: 'the form that blocks nobody does not run here, so the statements are plain',
    fix: 'apply them while the tables are not in use',
  };
}

function plainly(plan: OnlinePlan, statements: readonly string[]): OnlinePlan {
  return { ...plan, files: [{ ...PLAIN, statements }] };
}

/** What tells two plans apart. */
function textOf({ files }: OnlinePlan): string {
  return JSON.stringify(files.map(({ noTransaction, contract, statements }) => [noTransaction, contract, statements]));
}

const PLAIN = {
  ...{ slug: '', noTransaction: false, inBatches: false, contract: false },
  ...{ afterBackfill: [], allow: {}, down: null },
};

function refusal(refused: readonly OnlineNote[]): DbError {
  const why = refused.map((note) => `${note.why}\n  ${note.statement}\n  ${note.fix}`).join('\n');
  return new DbError('DB_GENERATE', { why, changed: 'nothing was written' });
}
