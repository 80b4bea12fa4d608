import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrateDomain } from '../../apply/migrate-domain.ts';
import type { Scratch } from '../../author/scratch.ts';
import type { DomainConfig } from '../../config/config.ts';
import { openSession } from '../../connect/session.ts';
import { parseTarget } from '../../connect/target.ts';
import type { ParsedMigration } from '../../files/parse-migration.ts';
import { fillTables } from '../../rows/fill.ts';
import type { Copy } from './copy.ts';
import { rowsOf, setNulls, type TableStatistics } from './statistics.ts';

export interface ReplayOptions {
  readonly root: string;
  readonly applied: readonly ParsedMigration[];
  /** Why the database was not cloned. */
  readonly why: string;
  /** Rows of the largest table. */
  readonly rows: number;
  /** Of the tables to fill, by their quoted name. NULL: nothing is known of them, and each gets `rows`. */
  readonly statistics: ReadonlyMap<string, TableStatistics> | null;
  readonly talk: (line: string) => void;
}

/** Applies again what the source has had, to an empty database on the scratch server, and fills its tables with generated rows. */
export async function replayOf(domain: DomainConfig, scratch: Scratch, options: ReplayOptions): Promise<Copy> {
  const database = await scratch.build([]);
  try {
    const target = parseTarget(database.url, 'the copy');
    await replay(domain, options, target);
    await using session = await openSession(target, { app: `db rehearse ${domain.name}` });
    options.talk(`  filling the copy with generated rows`);
    const rows = rowsOf(options.statistics, options.rows);
    const filled = await fillTables(session.sql, [domain.schema], { rows });
    for (const { table, why } of filled) if (why !== null) options.talk(`  note: ${table} stays empty: ${why}`);
    if (options.statistics !== null) await setNulls(session.sql, options.statistics);
    await session.sql.unsafe('ANALYZE');
    const { why } = options;
    const generated = Object.fromEntries(
      filled.filter(({ rows: count }) => count > 0).map((one) => [one.table, one.rows]),
    );
    return {
      target,
      report: { how: 'replay', why, generated, serverVersion: session.serverVersion },
      [Symbol.asyncDispose]: () => database.drop(),
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** By `migrate` itself, from a folder that holds no other migrations. */
async function replay(domain: DomainConfig, options: ReplayOptions, target: Copy['target']): Promise<void> {
  const { root, applied } = options;
  const staged = mkdtempSync(join(tmpdir(), 'db-rehearse-'));
  try {
    mkdirSync(join(staged, domain.name));
    for (const { name, path } of applied)
      symlinkSync(dirname(join(root, path)), join(staged, domain.name, name), 'junction');
    await migrateDomain({ ...domain, migrations: domain.name }, { root: staged, target });
  } finally {
    rmSync(staged, { recursive: true });
  }
}
