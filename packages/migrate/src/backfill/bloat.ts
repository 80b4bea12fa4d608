import type { Sql } from 'postgres';
import { openSession } from '../connect/session.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import type { Run } from './run-state.ts';

/** VACUUM each time that a tenth of the rows was changed, for then their old versions are a tenth of the table that can be used again. */
const SHARE = 0.1;
/** A table that has grown by less than this has used its free space, or is too small to matter. */
const GROWTH_MIN = 0.05;
const GROWTH_MIN_BYTES = 1_000_000;

const LOCK_NOT_AVAILABLE = '55P03';

/** Keeps a table from growing by the old versions of changed rows, by VACUUMs beside the batches. */
export interface BloatKeeper {
  /** Begins a VACUUM where it is time for one and none is at work. */
  changed(rows: number): void;
  /** Waits for the VACUUM that is at work.
   *  @throws what a VACUUM threw */
  rest(): Promise<void>;
}

/** @param rowsLeft rows that the pass has to change */
export async function createBloatKeeper(run: Run, rowsLeft: number): Promise<BloatKeeper> {
  const { session, domain, backfill } = run;
  const before = await sizeOf(session.sql, backfill.table);
  const grown = before + Math.max(before * GROWTH_MIN, GROWTH_MIN_BYTES);
  let changed = 0;
  let work: Promise<void> | undefined;
  const vacuumWhereGrown = async () => {
    await using own = await openSession(session.target, { app: `db backfill ${domain}` });
    if ((await sizeOf(own.sql, backfill.table)) >= grown && (await vacuum(own.sql, backfill.table))) run.vacuums += 1;
    work = undefined;
  };
  return {
    changed: (rows) => {
      changed += rows;
      if (work !== undefined || changed < rowsLeft * SHARE) return;
      changed = 0;
      work = vacuumWhereGrown();
      // Told by `rest`.
      work.catch(() => {});
    },
    rest: async () => await work,
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
