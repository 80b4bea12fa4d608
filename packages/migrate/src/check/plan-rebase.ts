import { momentOf, stampOf } from '../author/folder-names.ts';
import { broken } from './broken-by.ts';
import type { SnapshotFile } from './read-snapshots.ts';
import { describeShared, type NamedStatements, sharedObjects } from './shared-objects.ts';
import { leavesOf } from './snapshot-dag.ts';

/** A folder that gets another name, another snapshot, or both. */
export interface Rebased {
  readonly from: string;
  readonly to: string;
  /** Contents of its snapshot.json. NULL: it has none, or keeps it. */
  readonly snapshot: Readonly<Record<string, unknown>> | null;
}

export type RebasePlan =
  | {
      readonly ok: true;
      /** Empty: there is nothing to do. */
      readonly folders: readonly Rebased[];
      /** What a person should look at before saying yes. */
      readonly notes: readonly string[];
    }
  | {
      readonly ok: false;
      readonly why: string;
      /** What to do. Absent: the folder of ours that is named is generated again. */
      readonly fix?: string;
    };

export interface History {
  /** What baselines of the working tree stand for. */
  readonly replaced: ReadonlySet<string>;
  /** Of the working tree, in name order. */
  readonly migrations: readonly NamedStatements[];
  readonly snapshots: readonly SnapshotFile[];
  /** What the base branch has now. */
  readonly onBase: ReadonlySet<string>;
}

/** Puts the migrations that the base branch has not behind those that it has: newer names, and the first of them generated from the
 *  base's last state. Their SQL stays as it is, so they must not name what the base's changed in the same place; then they are refused.
 *  Pure; `now` in milliseconds. */
export function planRebase({ migrations, snapshots, onBase, replaced }: History, now: number): RebasePlan {
  const ours = migrations.filter(({ name }) => !onBase.has(name));
  const theirs = migrations.filter(({ name }) => onBase.has(name));
  const here = new Set(theirs.map(({ name }) => name));
  const missing = [...onBase].filter((name) => !here.has(name) && !replaced.has(name)).sort();
  if (missing.length > 0) {
    const why = `the base branch has ${missing.join(', ')}, which is not here: merge it first`;
    return { ...no(why), fix: 'merge the base branch, then run it again; keep the folders of both sides' };
  }
  if (ours.length === 0) return { ok: true, folders: [], notes: [] };
  const mine = snapshots.filter(({ name }) => !onBase.has(name));
  const base = snapshots.filter(({ name }) => onBase.has(name));
  const leaves = leavesOf(base);
  if (leaves.length > 1) {
    const why = `the base branch itself forks at ${leaves.map(({ name }) => name).join(' and ')}`;
    return { ...no(why), fix: 'mend the base branch first, in a branch of its own' };
  }
  const since = sinceFork(base, mine);
  const newer = theirs.filter(({ name }) => since.some((one) => one.name === name) || name > (ours[0]?.name ?? ''));
  const clash = clashOf(mine, since) ?? broken(ours, newer);
  if (clash !== undefined) return no(clash);
  const names = restamped(ours, theirs.at(-1)?.name ?? '', now);
  const rebuilt = rebuild(mine, leaves[0]?.id);
  if (!rebuilt.ok) return no(rebuilt.why);
  const folders = ours.map(({ name }): Rebased => {
    return { from: name, to: names.get(name) ?? name, snapshot: rebuilt.contents.get(name) ?? null };
  });
  const shared = sharedObjects(ours, newer);
  return {
    ok: true,
    folders: folders.filter(({ from, to, snapshot }) => from !== to || snapshot !== null),
    notes: shared.length === 0 ? [] : [describeShared(shared)],
  };
}

const no = (why: string): Extract<RebasePlan, { ok: false }> => ({ ok: false, why });

/** The base's snapshots that ours do not stand on. */
function sinceFork(base: readonly SnapshotFile[], ours: readonly SnapshotFile[]): readonly SnapshotFile[] {
  const byId = new Map(base.map((snapshot) => [snapshot.id, snapshot]));
  const known = new Set<string>();
  const visit = (id: string) => {
    if (known.has(id)) return;
    known.add(id);
    for (const prev of byId.get(id)?.prevIds ?? []) visit(prev);
  };
  for (const { prevIds } of ours) for (const prev of prevIds) visit(prev);
  return ours.length === 0 ? [] : base.filter(({ id }) => !known.has(id));
}

interface Footprint {
  readonly writes?: readonly string[];
  readonly reads?: readonly string[];
}

/** What both sides change, or one changes and the other needs, as the generator notes it. Undefined: nothing. */
function clashOf(ours: readonly SnapshotFile[], theirs: readonly SnapshotFile[]): string | undefined {
  for (const own of ours) {
    for (const other of theirs) {
      const [a, b] = [footprintsOf(own), footprintsOf(other)];
      const common = [
        ...a.writes.intersection(b.writes),
        ...a.writes.intersection(b.reads),
        ...a.reads.intersection(b.writes),
      ];
      // `e|col|shop.orders.note`
      const what = [...new Set(common.map((print) => print.split('|').slice(1).join(' ')))].sort();
      if (what.length > 0) return `${own.name} and ${other.name} both change ${what.join(', ')}`;
    }
  }
  return undefined;
}

function footprintsOf({ contents }: SnapshotFile): { readonly writes: Set<string>; readonly reads: Set<string> } {
  const prints = Array.isArray(contents['footprints']) ? (contents['footprints'] as readonly Footprint[]) : [];
  return {
    writes: new Set(prints.flatMap(({ writes = [] }) => writes)),
    reads: new Set(prints.flatMap(({ reads = [] }) => reads)),
  };
}

/** New names in the same order, a second apart, behind the base's last one; names that are there already stay. */
function restamped(ours: readonly NamedStatements[], last: string, now: number): ReadonlyMap<string, string> {
  if (ours.every(({ name }) => name > last)) return new Map();
  const begin = Math.max(now, last === '' ? 0 : momentOf(last.slice(0, 14)) + 1000);
  return new Map(ours.map(({ name }, at) => [name, `${stampOf(begin + at * 1000)}${name.slice(14)}`]));
}

type Rebuilt =
  | { readonly ok: true; readonly contents: ReadonlyMap<string, Readonly<Record<string, unknown>>> }
  | { readonly ok: false; readonly why: string };

/** Ours as one line behind the base's last state. A snapshot holds what changed, so only what it was generated from is another one. */
function rebuild(ours: readonly SnapshotFile[], base: string | undefined): Rebuilt {
  const contents = new Map<string, Readonly<Record<string, unknown>>>();
  let previous = base;
  for (const { name, id, prevIds, contents: own } of ours) {
    if (previous !== undefined && String(prevIds) !== previous) {
      if (own['deltas'] === undefined)
        return { ok: false, why: `${name} was generated as the first migration, with the whole state in its snapshot` };
      contents.set(name, { ...own, prevIds: [previous] });
    }
    previous = id;
  }
  return { ok: true, contents };
}
