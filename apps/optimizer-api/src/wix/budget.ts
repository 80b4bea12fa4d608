import type { Budget } from '../net/request-json.ts';

/** Four tries of ten seconds, thirty in all: below the lease of an item and the life of a publish intent. */
export const WIX_BUDGET: Budget = { timeoutMs: 10_000, attemptsMax: 4, totalMs: 30_000 };
