import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DbError } from '../errors/db-error.ts';
import type { Snapshot } from './snapshot-dag.ts';

export interface SnapshotFile extends Snapshot {
  /** Absolute. */
  readonly path: string;
  /** The parsed file. */
  readonly contents: Readonly<Record<string, unknown>>;
}

/** The snapshots of some migrations of a folder, in their order; a migration may have none.
 *  @throws {DbError} DB_FILE_SNAPSHOT */
export function readSnapshots(folder: string, names: readonly string[]): readonly SnapshotFile[] {
  return names.flatMap((name) => {
    const path = join(folder, name, 'snapshot.json');
    const text = textOf(path);
    return text === undefined ? [] : [parseSnapshot(name, path, text)];
  });
}

/** @throws {DbError} DB_FILE_SNAPSHOT */
function parseSnapshot(name: string, path: string, text: string): SnapshotFile {
  const contents = parse(text, path);
  const { id, prevIds } = contents;
  if (typeof id !== 'string' || !Array.isArray(prevIds))
    throw new DbError('DB_FILE_SNAPSHOT', { why: 'expected `id` and `prevIds`', at: path });
  return { name, id, prevIds: prevIds.map(String), path, contents };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new DbError('DB_FILE_SNAPSHOT', { why: 'cannot be read', at: path }, { cause });
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
