import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import { parseTarget } from '../connect/target.ts';
import { type RowEstimates, readRowEstimates } from '../online/read-facts.ts';
import { type Draft, type DraftOptions, draftMigration, type Generated } from './draft-migration.ts';
import { openScratch } from './scratch.ts';
import { openStaging, publish } from './staging.ts';

export interface GenerateOptions extends Omit<DraftOptions, 'scratch' | 'staging' | 'rows'> {
  /** Server for the scratch databases. Undefined: a local one. */
  readonly scratchUrl: string | undefined;
  /** A database whose row counts say which tables are small. Undefined: every table counts as large. */
  readonly statsUrl: string | undefined;
  readonly talk: (line: string) => void;
  readonly onDomain: (name: string) => void;
}

/** Writes a migration for each domain that changed: all of them, or, where one domain fails or the process is interrupted, none.
 *  @throws {DbError} DB_DECISION with the open questions, DB_GENERATE */
export async function generateDomains(
  domains: readonly DomainConfig[],
  options: GenerateOptions,
): Promise<readonly Generated[]> {
  const rows = await rowsOf(domains, options.statsUrl);
  using staging = openStaging(options.root);
  const drafts: Draft[] = [];
  {
    await using scratch = await openScratch(options.scratchUrl, options.talk);
    for (const domain of domains) {
      options.onDomain(domain.name);
      drafts.push(await draftMigration(domain, { ...options, scratch, staging, rows }));
    }
  }
  publish(drafts.flatMap(({ moves }) => moves));
  return drafts.map(({ generated }) => generated);
}

async function rowsOf(domains: readonly DomainConfig[], url: string | undefined): Promise<RowEstimates | undefined> {
  if (url === undefined) return undefined;
  await using session = await openSession(parseTarget(url, '--stats-url'), { app: 'db generate', readOnly: true });
  return await readRowEstimates(
    session.sql,
    domains.map(({ schema }) => schema),
  );
}
