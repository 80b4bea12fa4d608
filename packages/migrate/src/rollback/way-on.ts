import { EXIT } from '../errors/codes.ts';
import { DbError } from '../errors/db-error.ts';
import type { RollbackPlan } from './plan-rollback.ts';

/** The error of a rollback that may have come some way, with how far it came and the command that ends it: `--steps` again would count
 *  from there, and undo too much. A refusal is given back as it is. */
export function withWayOn(error: unknown, domain: string, { steps, stays }: RollbackPlan, undone: number): unknown {
  if (!(error instanceof DbError) || error.exit === EXIT.refused) return error;
  // A late step is older than what stays: `--to` cannot name it.
  const named = steps.every(({ name }) => stays === null || name > stays);
  const command = `\`pnpm db rollback --domain ${domain} ${stays === null ? '--all' : `--to ${stays}`}\``;
  // A COMMIT that was not answered may have happened.
  const atLeast = error.code === 'DB_CONNECTION_LOST' ? 'at least ' : '';
  const changed = `${atLeast}${undone} of ${steps.length} migrations are undone${error.facts.changed === undefined ? '' : `; ${error.facts.changed}`}`;
  return new DbError(
    error.code,
    { ...error.facts, changed, ...(named ? { fix: `${error.fix}; go on with ${command}` } : {}) },
    { cause: error.cause },
  );
}
