import type { DomainConfig } from '../config/config.ts';
import { parseHistory } from '../files/parse-history.ts';
import { downOf, type ParsedMigration, parseDown } from '../files/parse-migration.ts';
import { type ProvenFile, prove, provenFile } from './prove.ts';
import type { Scratch } from './scratch.ts';

/** A migration's two ways back, from the same catalog, with rows in every table of the newest state. */
export interface ComparedDown {
  readonly migration: string;
  /** Why the down of the catalog diff does not lead back to the catalog of before. NULL: it does. */
  readonly derived: string | null;
  /** The same of the down.sql that lies beside it, or `missing`. NULL: it leads back. */
  readonly written: string | null;
}

/** Goes through a whole history twice, up by its files and down again: once by the catalog diff, once by its own down files. Writes
 *  nothing. Where both lead back they are equal in effect on the catalog.
 *  @throws {DbError} DB_FILE_*, DB_GENERATE where a migration does not run on an empty database */
export async function proveHistory(
  domain: DomainConfig,
  { root, scratch }: { readonly root: string; readonly scratch: Scratch },
): Promise<readonly ComparedDown[]> {
  const history = await parseHistory(domain, root);
  await using base = await scratch.build([]);
  const files = history.map(provenFile);
  const schemas = [domain.schema];
  const derived = await prove({ base, files, schemas, scratch });
  const own = history.map(downOfFile);
  const withOwn = files.map((file, number) => ({ ...file, down: own[number] ?? null }));
  const written = await prove({ base, files: withOwn, schemas, scratch });
  return history.map(({ name }, number) => ({
    migration: name,
    derived: derived.waysBack[number]?.irreversible ?? null,
    written: own[number] === null ? 'missing' : (written.waysBack[number]?.irreversible ?? null),
  }));
}

function downOfFile(migration: ParsedMigration): ProvenFile['down'] {
  const text = downOf(migration);
  const parsed = text === null ? null : parseDown(text);
  return parsed?.ok === true ? provenFile(parsed.down) : null;
}
