/** Where a migration stands in the generator's history. */
export interface Snapshot {
  /** The migration's folder name. */
  readonly name: string;
  readonly id: string;
  /** What it was generated from. */
  readonly prevIds: readonly string[];
}

/** Two or more lines of migrations that begin at the same state. */
export interface Fork {
  /** Name of the migration that both follow. NULL: the empty database. */
  readonly after: string | null;
  /** Each line's migrations, oldest first. */
  readonly branches: readonly (readonly string[])[];
}

const NOTHING = /^[0-]+$/;

/** Every place where a history forks; a copy of a snapshot is a fault of its own, and no fork. Pure. */
export function forksOf(all: readonly Snapshot[]): readonly Fork[] {
  const snapshots = all.filter((snapshot) => originalOf(snapshot, all) === undefined);
  const names = new Map(snapshots.map(({ id, name }) => [id, name]));
  const starts = new Map<string, Snapshot[]>();
  for (const snapshot of snapshots)
    for (const prev of snapshot.prevIds) starts.set(prev, [...(starts.get(prev) ?? []), snapshot]);
  return [...starts]
    .filter(([, next]) => next.length > 1)
    .map(([prev, next]) => ({
      after: names.get(prev) ?? null,
      branches: next.map((first) => lineFrom(first, starts)),
    }));
}

/** A migration and what follows it, to the next fork or merge. */
function lineFrom(first: Snapshot, starts: ReadonlyMap<string, readonly Snapshot[]>): readonly string[] {
  const [next, ...others] = starts.get(first.id) ?? [];
  const alone = next !== undefined && others.length === 0 && next.prevIds.length === 1;
  return [first.name, ...(alone ? lineFrom(next, starts) : [])];
}

/** What is wrong with single snapshots: two of one id, one that follows nothing that is there, one that follows two. */
export function snapshotFaults(snapshots: readonly Snapshot[]): readonly string[] {
  const merged = snapshots.filter(({ prevIds }) => prevIds.length > 1);
  return [
    ...brokenSnapshots(snapshots),
    ...merged.map(({ name }) => `${name}/snapshot.json follows two states: run \`pnpm db rebase\` instead of merging`),
  ];
}

/** The same, of what the generator cannot go on from. */
export function brokenSnapshots(snapshots: readonly Snapshot[]): readonly string[] {
  const ids = new Set(snapshots.map(({ id }) => id));
  return snapshots.flatMap((snapshot) => {
    const { name, prevIds } = snapshot;
    const twin = originalOf(snapshot, snapshots);
    const lost = prevIds.find((prev) => !ids.has(prev) && !NOTHING.test(prev));
    return [
      ...(twin === undefined
        ? []
        : [`${name}/snapshot.json is a copy of that of ${twin.name}: generate one of them again`]),
      ...(lost === undefined
        ? []
        : [
            `${name}/snapshot.json follows a state that no migration here has (${lost}): restore the folder that had it`,
          ]),
    ];
  });
}

function originalOf({ id, name }: Snapshot, snapshots: readonly Snapshot[]): Snapshot | undefined {
  return snapshots.find((other) => other.id === id && other.name < name);
}

/** The states that nothing follows, by name. */
export function leavesOf(snapshots: readonly Snapshot[]): readonly Snapshot[] {
  const followed = new Set(snapshots.flatMap(({ prevIds }) => prevIds));
  return snapshots.filter(({ id }) => !followed.has(id));
}
