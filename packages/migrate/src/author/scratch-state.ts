import { type Catalog, compareCatalogs, readCatalog } from '../catalog/read-catalog.ts';
import { type DiffState, readDiffState } from '../catalog/residual.ts';
import type { Session } from '../connect/session.ts';

/** A scratch database at one moment, as the diff library and as our own reader see it. */
export interface ScratchState {
  readonly diff: DiffState;
  readonly catalog: Catalog;
}

/** Reads the state of a scratch database and of the given schemas in it.
 *  @throws {DbError} DB_GENERATE for an object that cannot be compared */
export async function readState({ sql, target }: Session, schemas: readonly string[]): Promise<ScratchState> {
  const [diff, catalog] = await Promise.all([readDiffState(target.url), readCatalog(sql, schemas)]);
  return { diff, catalog };
}

/** What differs, an object a line; empty where two catalogs are equal. */
export function differenceLines(left: Catalog, right: Catalog): readonly string[] {
  return compareCatalogs(left, right).map(
    ({ object, left: found, right: expected }) => `${object}: ${found ?? 'missing'}, expected ${expected ?? 'nothing'}`,
  );
}
