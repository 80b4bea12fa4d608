import type { Budget } from '../net/request-json.ts';

/** Two tries of half a minute: a worker's heart beats on meanwhile. */
export const MODEL_BUDGET: Budget = { timeoutMs: 30_000, attemptsMax: 3, totalMs: 75_000 };
/** Longest answer; descriptions are the longest texts. */
export const OUTPUT_TOKENS_MAX = 2_000;

export interface Prompt {
  /** What the model is and must do. */
  readonly system: string;
  readonly user: string;
}

/** A language model. */
export interface ModelProvider {
  /** The model's text, not empty.
   *  @throws {OutsideError} */
  complete(prompt: Prompt, signal?: AbortSignal): Promise<string>;
}

export interface ModelOptions {
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}
