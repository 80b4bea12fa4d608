import { migrateDomain } from '../apply/migrate-domain.ts';
import type { ApplyEvent } from '../apply/report.ts';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import type { Copy } from './copy/copy.ts';
import { type MeasureOptions, measure, type Run } from './measure.ts';
import { touchedTables } from './probe/touched-tables.ts';
import type { Rehearsal } from './report.ts';
import type { StatementLog } from './statement-log.ts';

export interface RunOptions extends MeasureOptions {
  readonly root: string;
  readonly pending: readonly ParsedMigration[];
  readonly allowLate: ReadonlySet<string>;
  readonly onEvent: (event: ApplyEvent) => void;
}

/** Applies what is pending to a copy, by the code of `migrate`, beside the probe. A migration that fails is a result. */
export async function rehearseOn(domain: DomainConfig, copy: Copy, options: RunOptions): Promise<Run> {
  const { pending, tablesMax } = options;
  const { backfills } = await domain.load();
  return await measure(
    copy,
    {
      domain: domain.name,
      application: 'of the new build',
      touched: (sql) => touchedTables(sql, pending, backfills, tablesMax),
      run: (log) => apply(domain, copy, log, options),
    },
    options,
  );
}

async function apply(
  domain: DomainConfig,
  copy: Copy,
  log: StatementLog,
  { root, pending, allowLate, onEvent }: RunOptions,
): Promise<Rehearsal['failed']> {
  const to = pending.at(-1)?.name;
  return await asResult(migrateDomain(domain, { root, target: copy.target, to, allowLate, onEvent, observer: log }));
}

/** NULL, or how it failed; what is no error of the engine's own table is thrown. */
export async function asResult(work: Promise<unknown>): Promise<Rehearsal['failed']> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return { code: error.code, message: error.message, fix: error.fix };
  }
}
