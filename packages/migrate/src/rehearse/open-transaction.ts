import { neededLocks } from '../lock/needed-locks.ts';
import type { Statement } from '../sql/parse.ts';
import { type Answer, ASKED, type LockRow } from './around-sql.ts';
import type { ServerClock } from './server-clock.ts';
import { overlap, type Span } from './span.ts';
import type { Files, LoggedLock, LoggedStatement } from './statement-log.ts';

/** A transaction that is being observed: the answers before and after each of its statements. */
export interface OpenTransaction {
  /** Whether a number goes on with it; else another try has begun. */
  follows(number: number): boolean;
  take(answer: Answer): void;
  /** What its statements did; `committed` is when the commit had ended, on `performance.now()`'s clock. */
  close(statements: readonly Statement[], clock: ServerClock, committed: number): ClosedTransaction;
}

export interface ClosedTransaction {
  readonly statements: readonly LoggedStatement[];
  /** When it was only asked: without a rehearsal this time would not have passed. */
  readonly asked: readonly Span[];
}

/** What was true between two statements. */
interface Between {
  readonly number: number;
  ended: Moment | undefined;
  begins: Moment | undefined;
  locks: readonly LockRow[];
}

interface Moment {
  readonly ms: number;
  readonly wal: number;
}

/** Opens one that begins before the statement `first`; `files` are those from before it. */
export function createOpenTransaction(first: number, files: Files): OpenTransaction {
  const betweens: Between[] = [];
  const of = (number: number): Between => {
    const last = betweens.at(-1);
    if (last?.number === number) return last;
    const next: Between = { number, ended: undefined, begins: undefined, locks: [] };
    betweens.push(next);
    return next;
  };
  return {
    follows: (number) => number !== first && number > (betweens.at(-1)?.number ?? first),
    take: (answer) => {
      const between = of(answer.number);
      if (answer[ASKED] === 'locks') between.locks = answer.locks ?? [];
      else between[answer[ASKED]] = { ms: answer.ms, wal: answer.wal };
    },
    close: (statements, clock, committed) => {
      const taken = takenLocks(betweens, files);
      const asked = betweens.flatMap(({ ended, begins }) =>
        ended === undefined || begins === undefined
          ? []
          : [{ from: clock.toLocal(ended.ms), to: clock.toLocal(begins.ms) }],
      );
      const heldMs = (from: number) => Math.max(0, committed - from - overlap({ from, to: committed }, asked));
      const logged = betweens.slice(1).flatMap((after, index) => {
        const before = betweens[index];
        const statement = statements[after.number - 1];
        if (before?.begins === undefined || after.ended === undefined || statement === undefined) return [];
        const number = after.number - 1;
        const from = clock.toLocal(before.begins.ms);
        const locks = ofStatement(taken, number, first, statements).map(({ relation, mode, ms }) => ({
          ...{ relation, mode },
          heldMs: heldMs(clock.toLocal(ms)),
        }));
        return [
          {
            ...{ statement, number, from, to: from + (after.ended.ms - before.begins.ms), released: committed, locks },
            rewrites: rewritesBetween(before, after, files),
            rowsChanged: sum(after.locks, 'changed') - sum(before.locks, 'changed'),
            rowsRead: sum(after.locks, 'read') - sum(before.locks, 'read'),
            walBytes: after.ended.wal - before.begins.wal,
          },
        ];
      });
      return { statements: logged, asked };
    },
  };
}

interface TakenLock extends Omit<LoggedLock, 'heldMs'> {
  /** The statement after which it was there. `first`: the engine took it before all work. */
  readonly by: number;
  /** When at the latest it was taken, by the server's clock. */
  readonly ms: number;
}

/** Every lock of the transaction on what was there before it, with the statement that took it. */
function takenLocks(betweens: readonly Between[], files: Files): readonly TakenLock[] {
  const seen = new Map<string, TakenLock>();
  for (const [index, { number, locks, ended }] of betweens.entries()) {
    const ms = betweens[index - 1]?.begins?.ms ?? ended?.ms ?? 0;
    for (const { oid, relation, mode } of locks) {
      const key = `${mode} ${oid}`;
      if (files.has(oid) && !seen.has(key)) seen.set(key, { relation, mode, by: number, ms });
    }
  }
  return [...seen.values()];
}

/** The locks that a statement took itself, and those that the engine took for it beforehand. */
function ofStatement(
  taken: readonly TakenLock[],
  number: number,
  first: number,
  statements: readonly Statement[],
): readonly TakenLock[] {
  const wants = (at: number, relation: string) => {
    const statement = statements[at];
    return (
      statement !== undefined && namesOf(statement).some((name) => relation === name || relation.endsWith(`.${name}`))
    );
  };
  return taken.filter(({ by, relation }) => {
    if (by !== first) return by === number + 1;
    const claimed = statements.some((_, at) => wants(at, relation));
    return claimed ? wants(number, relation) : number === Math.max(first, statements.findIndex(namesNoTable));
  });
}

function namesOf(statement: Statement): readonly string[] {
  return neededLocks([statement]).map(({ schema, name }) => (schema === null ? name : `${schema}.${name}`));
}

/** Its locks are found by the catalog only: an index's table, the other side of a key. */
function namesNoTable(statement: Statement): boolean {
  return neededLocks([statement]).some(({ of }) => of !== 'relation');
}

/** `bytes` is not known yet. */
function rewritesBetween(before: Between, after: Between, files: Files): LoggedStatement['rewrites'] {
  const fileBefore = new Map(before.locks.map(({ oid, file }) => [oid, file]));
  const relations = after.locks
    .filter(({ oid, file }) => {
      const was = fileBefore.get(oid) ?? files.get(oid)?.file;
      return was !== undefined && was !== file;
    })
    .map(({ relation }) => relation);
  return [...new Set(relations)].map((relation) => ({ relation, bytes: 0 }));
}

/** Each relation counts once, however many locks are on it. */
function sum(locks: readonly LockRow[], key: 'changed' | 'read'): number {
  const byRelation = new Map(locks.map((lock) => [lock.oid, Number(lock[key])]));
  return [...byRelation.values()].reduce((total, count) => total + count, 0);
}
