import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as KitApi from 'drizzle-kit/api-postgres';
import { DbError } from '../errors/db-error.ts';
import { kitFolder } from './drizzle-kit.ts';

/** What the declared schema has that the history has not, or the other way round. */
export type Ahead =
  | { readonly state: 'equal' }
  /** The statements that `generate` would write. */
  | { readonly state: 'ahead'; readonly statements: readonly string[] }
  /** Something may have been renamed, so that nobody can say which. */
  | { readonly state: 'undecided' };

/** Compares a schema with the state that the snapshots of its history give, by drizzle-kit's own comparison, in this process. `root`:
 *  the project that has drizzle-kit.
 *  @throws {DbError} DB_GENERATE */
export async function schemaAhead(
  root: string,
  schema: Readonly<Record<string, unknown>>,
  snapshots: readonly { readonly path: string; readonly contents: Readonly<Record<string, unknown>> }[],
): Promise<Ahead> {
  const kit = await kitApi(root);
  const files = Object.fromEntries(snapshots.map(({ path, contents }) => [path, contents]));
  try {
    const declared = await kit.generateDrizzleJson(schema);
    if (snapshots.length === 0) return declared.ddl.length === 0 ? EQUAL : { state: 'ahead', statements: [] };
    const statements = await kit.generateMigration(await kit.reconstruct(files), declared);
    return statements.length === 0 ? EQUAL : { state: 'ahead', statements };
  } catch (error) {
    if (error instanceof Error && 'missingHints' in error) return { state: 'undecided' };
    const why = error instanceof Error ? error.message : String(error);
    throw new DbError('DB_GENERATE', { why: `drizzle-kit: ${why}` }, { cause: error });
  }
}

const EQUAL = { state: 'equal' } as const;

const loaded = new Map<string, Promise<typeof KitApi>>();

/** drizzle-kit of the project itself; one import for all domains. */
function kitApi(root: string): Promise<typeof KitApi> {
  const known = loaded.get(root) ?? importKit(root);
  loaded.set(root, known);
  return known;
}

async function importKit(root: string): Promise<typeof KitApi> {
  return (await import(pathToFileURL(join(kitFolder(root), 'api-postgres.mjs')).href)) as typeof KitApi;
}
