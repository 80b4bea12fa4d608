import { legacyAll, legacySeed } from '../support/env.ts';

/** True: every variant on every server; else a sample. */
export const everyVariant = legacyAll;

/** `count` of the variants; LEGACY_SEED gives others. */
export function sampleOf<T>(variants: readonly T[], count: number, offset = 0): readonly T[] {
  const first = (legacySeed() + offset) % Math.max(1, variants.length);
  return [...variants, ...variants].slice(first, first + Math.min(count, variants.length));
}
