import { ERRORS, type ErrorCode } from './codes.ts';

export interface ErrorFacts {
  /** What was expected and what was found; no secrets, no row values. */
  readonly why: string;
  /** Overrides the table's advice where the case knows better. */
  readonly fix?: string;
  /** File, statement or object. */
  readonly at?: string;
  /** What is committed and what is not. */
  readonly changed?: string;
  readonly sqlState?: string | undefined;
  readonly domain?: string;
  /** Machine-readable facts for `--json`. */
  readonly data?: unknown;
}

/** The one error class: a code of the closed table and the facts of the case. The driver's error is its `cause`. */
export class DbError extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, facts: ErrorFacts, options?: { cause?: unknown }) {
    super(`${facts.at === undefined ? '' : `${facts.at}: `}${facts.why}`, options);
    this.name = 'DbError';
    this.code = code;
    this.facts = facts;
  }

  get exit(): number {
    return ERRORS[this.code].exit;
  }

  get fix(): string {
    return this.facts.fix ?? ERRORS[this.code].fix;
  }
}

/** The same error with the domain it happened in, also where its advice says `<domain>`. */
export function inDomain(error: unknown, domain: string): unknown {
  if (!(error instanceof DbError) || error.facts.domain !== undefined) return error;
  const { fix } = error.facts;
  const own = fix === undefined ? {} : { fix: fix.replaceAll('<domain>', domain) };
  return new DbError(error.code, { ...error.facts, ...own, domain }, { cause: error.cause });
}
