import type { ParsedMigration } from '../files/parse-migration.ts';
import { overlap, touchedObjects } from '../sql/touches.ts';
import type { ConnectedBuild } from './build.ts';

/** A contract migration that waits until the builds before it are gone. */
export interface HeldContract {
  readonly name: string;
  /** Who may still use what it takes away, oldest build first. */
  readonly builds: readonly ConnectedBuild[];
}

export interface HoldBack {
  /** What may be applied now, in order. */
  readonly apply: readonly ParsedMigration[];
  readonly held: readonly HeldContract[];
  /** A migration that touches what a held one touches, so that it cannot go first. NULL: none. */
  readonly stuck: { readonly name: string; readonly behind: HeldContract } | null;
}

/** Parts what is pending by the builds that are connected. A build that does not know a contract migration may use what that drops; one
 *  that knows it was written without. What comes after a held one goes on where it touches nothing of it, and stops where it does. Pure;
 *  the grammar must be loaded. */
export function holdBack(
  pending: readonly ParsedMigration[],
  builds: readonly ConnectedBuild[],
  allowed: ReadonlySet<string> = new Set(),
): HoldBack {
  const apply: ParsedMigration[] = [];
  const held: { readonly contract: HeldContract; readonly touched: ReadonlySet<string> }[] = [];
  for (const migration of pending) {
    const { name, statements, header } = migration;
    const older = header.contract && !allowed.has(name) ? olderBuilds(name, builds) : [];
    const touched = held.length > 0 || older.length > 0 ? touchedObjects(statements) : new Set<string>();
    const before = held.find((one) => overlap(one.touched, touched));
    if (older.length > 0) held.push({ contract: { name, builds: older }, touched });
    else if (before !== undefined && header.contract)
      held.push({ contract: { name, builds: before.contract.builds }, touched });
    else if (before !== undefined)
      return { apply, held: held.map(({ contract }) => contract), stuck: { name, behind: before.contract } };
    else apply.push(migration);
  }
  return { apply, held: held.map(({ contract }) => contract), stuck: null };
}

/** The builds that do not know a contract migration, so that they may use what it takes away. */
export function olderBuilds(name: string, builds: readonly ConnectedBuild[]): readonly ConnectedBuild[] {
  return builds.filter(({ head }) => head < name.slice(0, 14));
}
