import { DbError } from '../errors/db-error.ts';
import { parseReplaced, type Replaced } from './replaces.ts';

/** The engine words of a file's header comments. */
export interface Header {
  /** Statements run one by one, outside or each in a transaction of its own. */
  readonly noTransaction: boolean;
  /** Its UPDATEs run in batches by ranges of the table's key, each in a transaction of its own. */
  readonly inBatches: boolean;
  /** Why the migration cannot be undone; NULL where it can. */
  readonly irreversible: string | null;
  /** Hazards that were looked at and accepted: code → why. */
  readonly allow: Readonly<Record<string, string>>;
  /** Drops or tightens; waits for its own release. */
  readonly contract: boolean;
  /** Seconds in which all table locks must be obtained; NULL: the engine's default. */
  readonly lockBudgetSeconds: number | null;
  /** Backfills that must be complete before. */
  readonly afterBackfill: readonly string[];
  /** The older migrations that it stands for: a baseline. */
  readonly replaces: readonly Replaced[];
}

/** What only looks like an engine word: it would be an ordinary comment, and the guard would be off. */
const ALMOST =
  /^(?:-{2,}|\/\*)\s*(?:db\s*:|[bd]{2}\s*:?\s*(?:no-transaction|in-batches|irreversible|allow|contract|lock-budget|after-backfill|replaces)\b)/i;

/** Found in every text that has a comment which `parseHeader` does not take for an ordinary one. */
export const MAYBE_WORDS = /(?:--|\/\*)\s*[bd]{2}/i;

const WORD = /^--\s*db:\s*(\S+)\s*(.*)$/;

/** Reads `-- db: …` comments; every other comment is for people.
 *  @throws {DbError} DB_FILE_HEADER for an unknown or incomplete word: a typo must not switch a guard off. */
export function parseHeader(comments: readonly string[], at: string): Header {
  const misspelled = comments.find((comment) => ALMOST.test(comment.trim()) && !WORD.test(comment.trim()));
  if (misspelled !== undefined) {
    throw new DbError('DB_FILE_HEADER', {
      at,
      why: `expected \`-- db: <word>\` in exactly this spelling, got \`${misspelled.trim()}\``,
    });
  }
  const words = comments.flatMap((comment) => {
    const match = WORD.exec(comment.trim());
    return match === null ? [] : [{ word: match[1] ?? '', rest: (match[2] ?? '').trim() }];
  });
  const draft = {
    noTransaction: false,
    inBatches: false,
    irreversible: null as string | null,
    allow: {} as Record<string, string>,
    contract: false,
    lockBudgetSeconds: null as number | null,
    afterBackfill: [] as string[],
    replaces: [] as Replaced[],
  };
  for (const { word, rest } of words) read(draft, word.replace(/:$/, ''), rest, at);
  return draft;
}

function read(draft: { -readonly [K in keyof Header]: Header[K] }, word: string, rest: string, at: string): void {
  const incomplete = (expected: string) =>
    new DbError('DB_FILE_HEADER', { at, why: `expected \`-- db: ${expected}\`, got \`-- db: ${word} ${rest}\`` });
  switch (word) {
    case 'no-transaction':
      if (rest !== '') throw incomplete('no-transaction');
      draft.noTransaction = true;
      break;
    case 'in-batches':
      if (rest !== '') throw incomplete('in-batches');
      draft.inBatches = true;
      break;
    case 'contract':
      if (rest !== '') throw incomplete('contract');
      draft.contract = true;
      break;
    case 'irreversible':
      if (rest === '') throw incomplete('irreversible: <why>');
      draft.irreversible = rest;
      break;
    case 'allow': {
      const [, hazard, why] = /^([A-Za-z0-9_-]+):\s*(\S.*)$/.exec(rest) ?? [];
      if (hazard === undefined || why === undefined) throw incomplete('allow <hazard>: <why>');
      draft.allow = { ...draft.allow, [hazard]: why };
      break;
    }
    case 'lock-budget':
      if (!/^\d{1,5}$/.test(rest)) throw incomplete('lock-budget <seconds>');
      draft.lockBudgetSeconds = Number(rest);
      break;
    case 'after-backfill':
      if (!/^[a-z0-9][a-z0-9-]*$/.test(rest)) throw incomplete('after-backfill <name>');
      draft.afterBackfill = [...draft.afterBackfill, rest];
      break;
    case 'replaces': {
      const replaced = parseReplaced(rest);
      if (replaced === null) throw incomplete('replaces <migration> <checksum>');
      draft.replaces = [...draft.replaces, replaced];
      break;
    }
    default:
      throw new DbError('DB_FILE_HEADER', {
        at,
        why: `unknown word \`${word}\`; expected no-transaction, in-batches, irreversible, allow, contract, lock-budget, after-backfill or replaces`,
      });
  }
}
