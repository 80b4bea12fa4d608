import type { Hint } from './hints.ts';
import { asRenamed, type RenameQuestion } from './rename-question.ts';

/** A note in the TypeScript that something bore another name: `withdrawnAt: timestamptz('withdrawn_at'), // was: cancelled_at`. */
export interface FormerName {
  readonly was: string;
  /** Every word of the line that the note stands on or, alone on a line, before. */
  readonly words: ReadonlySet<string>;
}

const NOTE = /(?:\/\/|\/\*|^\s*\*|--)[^\n]*?\bwas:\s*["'`]?([A-Za-z_$][\w$]*)/;

/** Reads the notes of a source text. Pure. */
export function formerNames(source: string): readonly FormerName[] {
  const lines = source.split('\n');
  return lines.flatMap((line, at) => {
    const was = NOTE.exec(line)?.[1];
    if (was === undefined) return [];
    const own = wordsOf(withoutComment(line));
    const next = lines.slice(at + 1).map((later) => wordsOf(withoutComment(later)));
    return [{ was, words: own.size > 0 ? own : (next.find(({ size }) => size > 0) ?? own) }];
  });
}

/** The answer that a note gives to a question; undefined where none does. The old name must be among what went. Pure. */
export function answerByNote(question: RenameQuestion, notes: readonly FormerName[]): Hint | undefined {
  const name = question.entity.at(-1) ?? '';
  const former = question.candidates.find((candidate) =>
    notes.some(({ was, words }) => was === candidate.at(-1) && words.has(name)),
  );
  return former === undefined ? undefined : asRenamed(question, former);
}

function withoutComment(line: string): string {
  return line.replace(/\/\/.*$|\/\*.*?(?:\*\/|$)|^\s*\*.*$|--.*$/g, '');
}

/** Also as the generator writes a key that has no name of its own: `withdrawnAt` → `withdrawn_at`. */
function wordsOf(code: string): ReadonlySet<string> {
  const words = code.match(/[A-Za-z_$][\w$]*/g) ?? [];
  return new Set(words.flatMap((word) => [word, word.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]));
}
