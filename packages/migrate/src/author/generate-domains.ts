import type { DomainConfig } from '../config/config.ts';
import { type Draft, type DraftOptions, draftMigration, type Generated } from './draft-migration.ts';
import { openScratch } from './scratch.ts';
import { openStaging, publish } from './staging.ts';

export interface GenerateOptions extends Omit<DraftOptions, 'scratch' | 'staging'> {
  /** Server for the scratch databases. Undefined: a local one. */
  readonly scratchUrl: string | undefined;
  readonly talk: (line: string) => void;
  readonly onDomain: (name: string) => void;
}

/** Writes a migration for each domain that changed: all of them, or, where one domain fails or the process is interrupted, none.
 *  @throws {DbError} DB_DECISION with the open questions, DB_GENERATE */
export async function generateDomains(
  domains: readonly DomainConfig[],
  options: GenerateOptions,
): Promise<readonly Generated[]> {
  using staging = openStaging(options.root);
  const drafts: Draft[] = [];
  {
    await using scratch = await openScratch(options.scratchUrl, options.talk);
    for (const domain of domains) {
      options.onDomain(domain.name);
      drafts.push(await draftMigration(domain, { ...options, scratch, staging }));
    }
  }
  publish(drafts.flatMap(({ move }) => move ?? []));
  return drafts.map(({ generated }) => generated);
}
