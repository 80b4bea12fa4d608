import type { Sql } from 'postgres';
import type { Session } from '../connect/session.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import type { Backfill } from './backfill.ts';

/** VACUUM each time that a tenth of the rows was changed, for then their old versions are a tenth of the table that can be used again. */
const SHARE = 0.1;
/** A table that has grown by less than this has used its free space, or is too small to matter. */
const GROWTH_MIN = 0.05;
const GROWTH_MIN_BYTES = 1_000_000;

const LOCK_NOT_AVAILABLE = '55P03';

/** Keeps a table from growing by the old versions of changed rows. */
export interface BloatKeeper {
  changed(rows: number): void;
  /** True where it was time for a VACUUM, and one was run on this session. */
  vacuumWhereDue(session: Session): Promise<boolean>;
}

/** @param rowsLeft rows that the pass has to change */
export async function createBloatKeeper({ sql }: Session, { table }: Backfill, rowsLeft: number): Promise<BloatKeeper> {
  const before = await sizeOf(sql, table);
  const grown = before + Math.max(before * GROWTH_MIN, GROWTH_MIN_BYTES);
  let changed = 0;
  return {
    changed: (rows) => {
      changed += rows;
    },
    vacuumWhereDue: async (session) => {
      if (changed < rowsLeft * SHARE) return false;
      changed = 0;
      if ((await sizeOf(session.sql, table)) < grown) return false;
      return await vacuum(session.sql, table);
    },
  };
}

/** Without TRUNCATE, which would lock out everybody; not where somebody else maintains the table just now. */
async function vacuum(sql: Sql, table: string): Promise<boolean> {
  try {
    await sql.unsafe(`VACUUM (SKIP_LOCKED, TRUNCATE false) ${table}`);
    return true;
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

/** With its partitions. */
async function sizeOf(sql: Sql, table: string): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    SELECT (pg_relation_size(t) + coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(t) WHERE relid <> t), 0))::float8 AS bytes
    FROM (SELECT ${table}::regclass AS t) AS asked`;
  return row?.bytes ?? 0;
}
