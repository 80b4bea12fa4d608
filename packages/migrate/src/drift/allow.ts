import type { AllowedDrift } from '../config/drift.ts';
import { DbError } from '../errors/db-error.ts';
import type { DriftDifference } from './differences.ts';

export interface JudgedDrift {
  /** Differences that nobody has accepted. */
  readonly differences: readonly DriftDifference[];
  readonly allowed: readonly (DriftDifference & { readonly reason: string })[];
  /** Entries of the allow-list that no difference needs any more. */
  readonly unused: readonly AllowedDrift[];
}

/** Splits differences by the allow-list. An allowed table or view covers what belongs to it. Pure.
 *  @throws {DbError} DB_CONFIG for an entry without a reason, or with `*` elsewhere than at its end */
export function judgeDrift(all: readonly DriftDifference[], allow: readonly AllowedDrift[] = []): JudgedDrift {
  for (const entry of allow) check(entry);
  const used = new Set<AllowedDrift>();
  const find = ({ object, partOf }: DriftDifference) => {
    const entry = allow.find(
      ({ object: pattern }) => matches(pattern, object) || (partOf !== null && matches(pattern, partOf)),
    );
    if (entry !== undefined) used.add(entry);
    return entry;
  };
  const judged = all.map((difference) => ({ difference, entry: find(difference) }));
  return {
    differences: judged.flatMap(({ difference, entry }) => (entry === undefined ? [difference] : [])),
    allowed: judged.flatMap(({ difference, entry }) =>
      entry === undefined ? [] : [{ ...difference, reason: entry.reason }],
    ),
    unused: allow.filter((entry) => !used.has(entry)),
  };
}

function matches(pattern: string, object: string): boolean {
  return pattern.endsWith('*') ? object.startsWith(pattern.slice(0, -1)) : object === pattern;
}

function check({ object, reason }: AllowedDrift): void {
  const fault =
    typeof reason !== 'string' || reason.trim() === ''
      ? 'expected a reason'
      : object.slice(0, -1).includes('*')
        ? 'expected `*` at the end only'
        : undefined;
  if (fault !== undefined) throw new DbError('DB_CONFIG', { why: `drift: ${JSON.stringify(object)}: ${fault}` });
}
