import { guarded } from './guarded.ts';

/** A query that took long. It has no values: parameters are not in the text. */
export interface SlowQuery {
  readonly app: string;
  /** SQL with $1, $2, … as sent. What a caller wrote into the text of raw SQL is in it. */
  readonly text: string;
  readonly durationMs: number;
}

/** Tells of queries that took `minMs` or longer, failed ones too. Waiting for a connection is part of the time. */
export class SlowQueryLog {
  readonly #app: string;
  readonly #minMs: number;
  readonly #tell: ((query: SlowQuery) => void) | undefined;

  constructor(app: string, minMs: number, tell: ((query: SlowQuery) => void) | undefined) {
    this.#app = app;
    this.#minMs = minMs;
    this.#tell = tell;
  }

  /** For `ended`; free of cost where nobody is told. */
  start(): number {
    return this.#tell === undefined ? 0 : performance.now();
  }

  ended(text: string, startedAt: number): void {
    const tell = this.#tell;
    if (tell === undefined) return;
    const durationMs = performance.now() - startedAt;
    if (durationMs >= this.#minMs) guarded('onSlowQuery', () => tell({ app: this.#app, text, durationMs }));
  }
}
