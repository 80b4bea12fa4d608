import { describeDifference } from '../drift/describe.ts';
import type { DriftDifference } from '../drift/differences.ts';

/** Lines for people: what belongs to a missing or unexpected table is counted with it, not listed. */
export function differenceLines(differences: readonly DriftDifference[]): readonly string[] {
  return differences
    .filter(({ partOf }) => partOf === null || !differences.some(({ object }) => object === partOf))
    .flatMap((difference) =>
      describeDifference(
        difference,
        differences.filter(({ partOf }) => partOf === difference.object),
      ),
    );
}
