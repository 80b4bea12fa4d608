import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DbError } from '../errors/db-error.ts';
import type { Snapshot } from './snapshot-dag.ts';

export interface SnapshotFile extends Snapshot {
  /** Absolute. */
  readonly path: string;
  /** The parsed file. */
  readonly contents: Readonly<Record<string, unknown>>;
}

/** The snapshots of some migrations of a folder below `root`, in their order; a migration may have none.
 *  @throws {DbError} DB_FILE_SNAPSHOT */
export function readSnapshots(folder: string, root: string, names: readonly string[]): readonly SnapshotFile[] {
  return names.flatMap((name) => {
    const path = join(folder, name, 'snapshot.json');
    const shown = relative(root, path);
    const text = textOf(path, shown);
    return text === undefined ? [] : [parseSnapshot(name, path, shown, text)];
  });
}

/** @throws {DbError} DB_FILE_SNAPSHOT */
function parseSnapshot(name: string, path: string, shown: string, text: string): SnapshotFile {
  const contents = parse(text, shown);
  const { id, prevIds } = contents;
  if (typeof id !== 'string' || !Array.isArray(prevIds))
    throw new DbError('DB_FILE_SNAPSHOT', { why: 'expected `id` and `prevIds`', at: shown });
  return { name, id, prevIds: prevIds.map(String), path, contents };
}

function textOf(path: string, shown: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new DbError('DB_FILE_SNAPSHOT', { why: 'cannot be read', at: shown }, { cause });
  }
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
    throw new Error('no object');
  } catch (cause) {
    const marks = /^<{7} /m.test(text) ? ': it has the marks of a merge conflict' : '';
    throw new DbError('DB_FILE_SNAPSHOT', { why: `no JSON object${marks}`, at: path }, { cause });
  }
}
