import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaAhead } from '../author/schema-ahead.ts';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import { parseHistory } from '../files/parse-history.ts';
import { replacedNames } from '../files/replaces.ts';
import { namesOnBase } from './against-base.ts';
import type { Base } from './base.ts';
import { planRebase, type Rebased } from './plan-rebase.ts';
import { readSnapshots, type SnapshotFile } from './read-snapshots.ts';

export interface RebaseReport {
  readonly domain: string;
  /** Old and new names, where anything of them changes. */
  readonly folders: readonly { readonly from: string; readonly to: string; readonly snapshot: 'rebuilt' | 'kept' }[];
  readonly notes: readonly string[];
  /** Statements by which the schema is ahead of the rebased history: `generate` is next. */
  readonly ahead: number;
  readonly written: boolean;
}

export interface RebaseOptions {
  readonly root: string;
  readonly base: Base;
  /** Names of this domain's migrations that some database has applied or begun. */
  readonly applied: ReadonlySet<string>;
  /** Milliseconds. */
  readonly now: number;
  /** False: only say what would be done. */
  readonly write: boolean;
}

/** Puts a domain's migrations that the base branch has not behind those that it has. The rebuilt snapshots are proven by the generator
 *  to give one state before anything is written; all of a domain's folders change, or none.
 *  @throws {DbError} DB_REBASE, DB_REBASE_APPLIED, DB_FILE_* */
export async function rebaseDomain(domain: DomainConfig, options: RebaseOptions): Promise<RebaseReport> {
  const { root, base, applied, now, write } = options;
  const migrations = await parseHistory(domain, root);
  const folder = join(root, domain.migrations);
  const snapshots = readSnapshots(
    folder,
    root,
    migrations.map(({ name }) => name),
  );
  const onBase = await namesOnBase(domain, base, 'tip');
  const plan = planRebase({ migrations, snapshots, onBase, replaced: replacedNames(migrations) }, now);
  if (!plan.ok) {
    const { why, fix } = plan;
    throw new DbError('DB_REBASE', { domain: domain.name, why, changed: 'nothing was changed', ...(fix && { fix }) });
  }
  const { folders, notes } = plan;
  refuseApplied(domain, folders, applied);
  const ahead = folders.length === 0 ? 0 : await prove(domain, root, withRebuilt(folder, snapshots, folders));
  if (write) apply(folder, folders);
  return {
    domain: domain.name,
    folders: folders.map(({ from, to, snapshot }) => ({ from, to, snapshot: snapshot === null ? 'kept' : 'rebuilt' })),
    notes,
    ahead,
    written: write && folders.length > 0,
  };
}

function refuseApplied(
  { name: domain }: DomainConfig,
  folders: readonly Rebased[],
  applied: ReadonlySet<string>,
): void {
  const done = folders.filter(({ from }) => applied.has(from)).map(({ from }) => from);
  if (done.length === 0) return;
  throw new DbError('DB_REBASE_APPLIED', {
    domain,
    why: `the database that was asked has ${done.join(', ')}`,
    fix: `undo it there first: \`pnpm db rollback --domain ${domain} --steps ${done.length}\`; a shared database keeps its name: leave the folder as it is`,
    changed: 'nothing was changed',
  });
}

/** The snapshots as they will lie there: the generator looks at the order of their folders, too. */
function withRebuilt(
  folder: string,
  snapshots: readonly SnapshotFile[],
  folders: readonly Rebased[],
): readonly SnapshotFile[] {
  const rebased = new Map(folders.map((one) => [one.from, one]));
  return snapshots.map((snapshot) => {
    const { to, snapshot: contents } = rebased.get(snapshot.name) ?? { to: snapshot.name, snapshot: null };
    return { ...snapshot, path: join(folder, to, 'snapshot.json'), contents: contents ?? snapshot.contents };
  });
}

/** How many statements the declared schema is ahead by; the generator refuses a history that gives no one state. */
async function prove(domain: DomainConfig, root: string, snapshots: readonly SnapshotFile[]): Promise<number> {
  const { schema } = await domain.load();
  const answer = await schemaAhead(root, schema, snapshots);
  return answer.state === 'equal' ? 0 : answer.state === 'ahead' ? Math.max(1, answer.statements.length) : 1;
}

/** Synchronous, so that no signal comes between; what failed in the middle is put back. */
function apply(folder: string, folders: readonly Rebased[]): void {
  const undo: (() => void)[] = [];
  try {
    for (const { from, to, snapshot } of folders) {
      if (snapshot !== null) {
        const path = join(folder, from, 'snapshot.json');
        const before = readFileSync(path, 'utf8');
        undo.push(() => writeFileSync(path, before));
        writeFileSync(path, `${JSON.stringify(snapshot, null, 2)}${before.endsWith('\n') ? '\n' : ''}`);
      }
      if (from === to) continue;
      renameSync(join(folder, from), join(folder, to));
      undo.push(() => renameSync(join(folder, to), join(folder, from)));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}
