import type { ApplyObserver } from '../apply/observer.ts';
import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { asMigration } from './as-migration.ts';

/** What watches an adoption from inside: only a rehearsal passes one. */
export interface Watching {
  readonly observer?: ApplyObserver | undefined;
}

/** Runs a part of an adoption that is told of by a name of its own; `work` is what it sends statement by statement. Absent: nothing is
 *  sent so. */
export function watched<T>(
  session: Session,
  { observer }: Watching,
  name: string,
  body: () => Promise<T>,
  work: ParsedMigration = asMigration([]),
): Promise<T> {
  return observer?.migration(session, { ...work, name }, body) ?? body();
}

/** Runs something within a part that changes rows; its value may say how many, as `rows`. */
export function watchedRows<T>(
  session: Session,
  { observer }: Watching,
  name: string,
  body: () => Promise<T>,
): Promise<T> {
  return observer?.backfill(session, name, body) ?? body();
}
