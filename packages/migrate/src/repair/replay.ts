import type { Catalog } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import { parseTarget } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';

/** The catalog that migrations give, in name order, on an empty database. */
export type Replay = (migrations: readonly ParsedMigration[]) => Promise<Catalog>;

/** A throw-away database in which statements were run one by one. */
export interface ScratchBuilder {
  build(statements: readonly string[]): Promise<{ readonly url: string } & AsyncDisposable>;
}

/** Replays on databases of a scratch server, each dropped once its catalog is read.
 *  @throws {DbError} DB_GENERATE with the statement that the scratch server refused */
export function replayOn(scratch: ScratchBuilder, { schema }: Pick<DomainConfig, 'schema'>): Replay {
  return async (migrations) => {
    const inOrder = migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const statements = inOrder.flatMap((migration) => migration.statements.map(({ text }) => text));
    await using database = await scratch.build(statements);
    await using session = await openSession(parseTarget(database.url, 'scratch'), { app: 'db replay', readOnly: true });
    return await readCatalog(session.sql, [schema]);
  };
}

/** What cannot be run on a scratch database may still be in a live one: that it cannot be compared is a result, and no failure. */
export async function tryReplay(
  replay: Replay,
  migrations: readonly ParsedMigration[],
): Promise<{ readonly ok: true; readonly catalog: Catalog } | { readonly ok: false; readonly why: string }> {
  try {
    return { ok: true, catalog: await replay(migrations) };
  } catch (error) {
    if (!(error instanceof DbError && error.code === 'DB_GENERATE')) throw error;
    return { ok: false, why: `it does not run on a scratch database: ${error.facts.why}` };
  }
}
