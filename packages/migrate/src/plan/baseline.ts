import type { Replaced } from '../files/replaces.ts';
import type { AppliedMigration } from './plan.ts';

/** Where a history stands to what a baseline replaces. */
export type Standing =
  /** Nothing of it is applied: the baseline runs. */
  | { readonly as: 'none' }
  /** All of it is applied, with the texts that the baseline stands for: it counts as applied. `newest` of those rows. */
  | { readonly as: 'all'; readonly newest: AppliedMigration }
  /** Some of it is applied, or all with other texts. */
  | { readonly as: 'some'; readonly missing: readonly string[]; readonly otherText: readonly string[] };

/** Compares them by name and checksum. A replaced baseline is there by its own row, or by all that it stood for. Pure. */
export function standingOf(
  replaced: readonly Replaced[],
  applied: ReadonlyMap<string, AppliedMigration>,
  halfDone: ReadonlySet<string>,
): Standing {
  const rows = replaced.flatMap(({ name }) => applied.get(name) ?? []);
  if (rows.length === 0 && !replaced.some(({ name }) => halfDone.has(name))) return { as: 'none' };
  const otherText = replaced
    .filter(({ name, checksum }) => (applied.get(name)?.checksum ?? checksum) !== checksum)
    .map(({ name }) => name);
  const missing = lacking(replaced, null, applied);
  const begun = replaced.map(({ name }) => name).filter((name) => halfDone.has(name));
  const newest = rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)).at(-1);
  if (missing.length + otherText.length + begun.length > 0 || newest === undefined)
    return { as: 'some', missing: [...new Set([...missing, ...begun])], otherText };
  return { as: 'all', newest };
}

/** What is not there of the direct parts, or of those of a baseline. */
function lacking(
  replaced: readonly Replaced[],
  within: string | null,
  applied: ReadonlyMap<string, AppliedMigration>,
): readonly string[] {
  return replaced
    .filter((one) => one.within === within && !applied.has(one.name))
    .flatMap(({ name }) => {
      const hasParts = replaced.some((one) => one.within === name);
      const parts = lacking(replaced, name, applied);
      // Without a single part of it, it is itself what is missing.
      const some = replaced.some((one) => one.within === name && applied.has(one.name));
      return hasParts && some ? parts : [name];
    });
}
