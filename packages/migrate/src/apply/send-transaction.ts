import type { Session } from '../connect/session.ts';
import { indexOfCharacter, type Statement } from '../sql/parse.ts';
import type { ApplyObserver } from './observer.ts';
import { positionOf } from './statement-error.ts';

/** The parts of a transaction, in order. */
export interface WholeTransaction {
  /** The engine's own SQL, before any work. */
  readonly before: string;
  readonly statements: readonly Statement[];
  /** The engine's own SQL, after all work. */
  readonly after: string;
}

/** A failure of one of the statements; `position` is the place within the statement's text that the server points at, 1-based. */
export type WrapError = (error: unknown, statement: Statement, position: number | undefined) => unknown;

/** Longer texts go in several messages, so that neither side holds a large file twice. */
const MESSAGE_CHARACTERS = 64 * 1024;
/** What is read before the next statement is: SET can change how the next text is read, COPY has a protocol of its own. */
const ENDS_MESSAGE = new Set(['VariableSetStmt', 'CopyStmt']);
/** Column of the rows by which the server says which statement it has come to. */
const REACHED = '@repo/migrate';

/** Runs a transaction that the server gets whole, in one message where it is short: one round trip, and a client that dies has sent
 *  all of it or nothing. An error ends the message, so no later statement runs outside of the transaction. It is told of the
 *  statement that caused it: the server prints a row before each.
 *  @throws what `wrap` makes of a statement's error; any other error as it is */
export async function sendTransaction(
  { sql }: Session,
  { before, statements, after }: WholeTransaction,
  wrap: WrapError,
  observer?: ApplyObserver,
): Promise<void> {
  for (const message of messagesOf(before, statements, after, observer)) {
    let reached: number | undefined;
    try {
      await sql.unsafe(message.text).forEach((row) => {
        if (REACHED in row) reached = Number(row[REACHED]);
        observer?.row(row);
      });
    } catch (error) {
      // On a dead session this fails too, and the server has rolled back already.
      await sql.unsafe('ROLLBACK').catch(() => {});
      const place = placeOf(message, positionOf(error), reached);
      throw place === undefined ? error : wrap(error, place.statement, place.position);
    }
  }
  observer?.committed();
}

/** Whether a transaction of these statements is one message. */
export function isOneMessage(statements: readonly Statement[]): boolean {
  const characters = statements.reduce((sum, { text }) => sum + text.length, 0);
  return characters < MESSAGE_CHARACTERS / 2 && !statements.some(({ kind }) => ENDS_MESSAGE.has(kind));
}

interface Place {
  /** 0-based number within the transaction. */
  readonly number: number;
  readonly statement: Statement;
  /** Where its text begins in the message. */
  readonly start: number;
}

interface MessageText {
  readonly text: string;
  readonly places: readonly Place[];
}

function* messagesOf(
  before: string,
  statements: readonly Statement[],
  after: string,
  observer: ApplyObserver | undefined,
): Generator<MessageText> {
  const mark = (number: number) =>
    observer === undefined ? reachedMark(number) : `${observer.around(number)};\n${reachedMark(number)}`;
  let text = `BEGIN; ${before}`;
  let places: Place[] = [];
  for (const [number, statement] of statements.entries()) {
    text += `;\n${mark(number)};\n`;
    places.push({ number, statement, start: text.length });
    text += `${statement.text}\n`;
    if (text.length < MESSAGE_CHARACTERS && !ENDS_MESSAGE.has(statement.kind)) continue;
    yield { text, places };
    [text, places] = ['', []];
  }
  yield { text: `${text};\n${mark(statements.length)};\n${after};\nCOMMIT`, places };
}

function reachedMark(number: number): string {
  return `SELECT ${number} AS "${REACHED}"`;
}

/** The statement at fault: the one that the server points into, or the one that it had come to. Undefined: the engine's own SQL. */
function placeOf(
  { text, places }: MessageText,
  position: number | undefined,
  reached: number | undefined,
): { readonly statement: Statement; readonly position: number | undefined } | undefined {
  const found = places.find(({ number }) => number === reached);
  const whole = found && { statement: found.statement, position: undefined };
  if (position === undefined) return whole;
  const index = indexOfCharacter(text, position - 1);
  const place = places.findLast(({ start }) => start <= index);
  // A position within a text of the server's own: it builds an index anew by its definition.
  if (place === undefined || index > place.start + place.statement.text.length) return whole;
  return { statement: place.statement, position: index - place.start + 1 };
}
