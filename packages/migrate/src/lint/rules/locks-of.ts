import { type NamedLock, neededLocks } from '../../lock/needed-locks.ts';
import type { Statement } from '../../sql/parse.ts';

const known = new WeakMap<Statement, readonly NamedLock[]>();

/** The strong locks of one statement, worked out once: a rule asks for those of every statement before its own. */
export function locksOf(statement: Statement): readonly NamedLock[] {
  const locks = known.get(statement) ?? neededLocks([statement]);
  known.set(statement, locks);
  return locks;
}
