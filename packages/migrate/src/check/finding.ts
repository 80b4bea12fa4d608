/** Something that keeps a history from being good. */
export interface CheckFinding {
  /** A code of docs/errors.md or docs/lint.md. */
  readonly code: string;
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

export const finding = (message: string): CheckFinding => ({ code: 'DB_FINDINGS', message });
