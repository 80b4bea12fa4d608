import { type Catalog, readCatalog } from '../catalog/read-catalog.ts';
import { openSession } from '../connect/session.ts';
import { parseTarget } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import type { ScratchBuilder } from '../repair/replay.ts';
import type { SchemaModel } from './model.ts';
import { readModel } from './read-model.ts';

/** What a history gives up to one of its migrations. */
export interface Point {
  readonly migration: ParsedMigration;
  readonly catalog: Catalog;
  readonly model: SchemaModel;
}

/** Replays a history on a scratch database and reads it behind each migration, oldest first.
 *  @throws {DbError} DB_GENERATE with the statement that the scratch server refused */
export async function readPoints(
  scratch: ScratchBuilder,
  schema: string,
  migrations: readonly ParsedMigration[],
): Promise<readonly Point[]> {
  await using database = await scratch.build([]);
  await using session = await openSession(parseTarget(database.url, 'scratch'), { app: 'db adopt' });
  const points: Point[] = [];
  for (const migration of migrations) {
    for (const { text } of migration.statements) {
      await session.sql.unsafe(text).catch((cause: unknown) => {
        const why = `${migration.name} does not run on a scratch database: ${cause instanceof Error ? cause.message : String(cause)}`;
        throw new DbError(
          'DB_GENERATE',
          { why, sqlState: sqlStateOf(cause), changed: 'nothing was changed' },
          { cause },
        );
      });
    }
    points.push({
      migration,
      catalog: await readCatalog(session.sql, [schema]),
      model: await readModel(session.sql, schema),
    });
  }
  return points;
}
