import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { loadGrammar } from '../sql/parse.ts';
import { type ParsedMigration, parseMigration } from './parse-migration.ts';
import { readHistory } from './read-history.ts';

/** Reads and parses a domain's whole history, oldest first.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_* */
export async function parseHistory(domain: DomainConfig, root: string): Promise<readonly ParsedMigration[]> {
  await loadGrammar();
  return (await readHistory(join(root, domain.migrations), root)).map(parseMigration);
}
