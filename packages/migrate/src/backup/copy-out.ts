import { createGzip } from 'node:zlib';
import type { Sql } from 'postgres';
import { quoteIdentifier } from '../objects/quote.ts';
import { writeBackupFile } from './backup-file.ts';
import type { BackupFile } from './manifest.ts';
import { openCopy } from './open-copy.ts';

const BLOCK_BYTES = 256 * 1024;

/** Writes the rows of one table in the text format of COPY, gzipped: `zcat` and psql can read it without us. A failure ends the
 *  session. */
export async function copyOut(
  sql: Sql,
  table: string,
  columns: readonly string[],
  folder: string,
  path: string,
): Promise<BackupFile> {
  const rows = await openCopy(sql, `COPY ${table}${columnList(columns)} TO STDOUT`);
  const through = [createGzip({ level: 1, chunkSize: BLOCK_BYTES })];
  const file = await writeBackupFile(folder, path, rows, through).catch(async (error: unknown) => {
    // The driver waits for a reader who is gone, and would answer no further statement.
    await sql.end({ timeout: 0 });
    throw error;
  });
  // The driver stops reading while we are behind, and goes on when it is asked for rows: after the last one nobody asks.
  rows._read(0);
  return file;
}

/** ` ("a", "b")`; nothing for a table without columns, where COPY takes no list. */
export function columnList(columns: readonly string[]): string {
  return columns.length === 0 ? '' : ` (${columns.map(quoteIdentifier).join(', ')})`;
}
