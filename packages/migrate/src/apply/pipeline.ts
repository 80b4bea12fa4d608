import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import type { AppliedBy } from '../history/write.ts';
import { type Try, tryWhereFree } from '../lock/give-way.ts';
import { attemptOf } from './in-transaction.ts';
import type { ApplyObserver } from './observer.ts';
import { changesSession } from './reset-session.ts';
import { isOneMessage } from './send-transaction.ts';

/** Keeps the server busy: while it runs a migration, the next one's transaction is on its way. */
export interface Pipeline {
  /** The first try of a migration, which may have begun before. To be asked for in the order of the run; NULL: there is none. */
  firstTry(migration: ParsedMigration): Promise<Try<void>> | null;
}

/** `waits`: migrations before which something is asked, that are never sent early. A migration is sent early only where it does nothing unless its predecessor has been applied: behind a failed statement the server
 *  runs nothing until a ROLLBACK, and behind a failed COMMIT its history row is refused. Nothing else is sent before it has ended. */
export function createPipeline(
  session: Session,
  migrations: readonly ParsedMigration[],
  by: (migration: ParsedMigration) => AppliedBy,
  observer?: ApplyObserver,
  waits: ReadonlySet<string> = new Set(),
): Pipeline {
  let early: { readonly of: ParsedMigration; readonly tried: Promise<Try<void>> } | undefined;
  const send = (migration: ParsedMigration, after: string | null) =>
    tryWhereFree(session, migration.statements, attemptOf(session, migration, by(migration), after, observer));
  const withdraw = async () => {
    await early?.tried.catch(() => {});
    early = undefined;
  };
  return {
    firstTry: (migration) => {
      const own = early?.of === migration ? early.tried : send(migration, null);
      early = undefined;
      const next = migrations[migrations.indexOf(migration) + 1];
      if (observer !== undefined || own === null || next === undefined || waits.has(next.name)) return own;
      if (!mayFollow(migration, next)) return own;
      const tried = send(next, migration.name);
      if (tried === null) return own;
      // Its failure is told when its turn has come.
      tried.catch(() => {});
      early = { of: next, tried };
      return own.then(
        async (outcome) => {
          if (!outcome.ok) await withdraw();
          return outcome;
        },
        async (error: unknown) => {
          await withdraw();
          throw error;
        },
      );
    },
  };
}

function mayFollow(migration: ParsedMigration, next: ParsedMigration): boolean {
  if (next.header.noTransaction || next.header.afterBackfill.length > 0 || changesSession(migration)) return false;
  return isOneMessage(migration.statements) && isOneMessage(next.statements);
}
