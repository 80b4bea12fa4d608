import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import { parseTarget } from '../connect/target.ts';
import { requireUnused } from '../contract/contract-findings.ts';
import type { SourceProgram } from '../contract/source-program.ts';
import { inDomain } from '../errors/db-error.ts';
import { type RowEstimates, readRowEstimates } from '../online/read-facts.ts';
import { askForDraft } from '../preflight/ask-for-draft.ts';
import { type Draft, type DraftOptions, draftMigration } from './draft-migration.ts';
import type { Generated } from './generated.ts';
import { openScratch } from './scratch.ts';
import { openStaging, publish } from './staging.ts';

export interface GenerateOptions extends Omit<DraftOptions, 'scratch' | 'staging' | 'rows'> {
  /** Server for the scratch databases. Undefined: a local one. */
  readonly scratchUrl: string | undefined;
  /** A database whose row counts say which tables are small. Undefined: every table counts as large. */
  readonly statsUrl: string | undefined;
  /** The code that may name what is dropped. Absent: nobody looks. */
  readonly sources?: (() => Promise<SourceProgram>) | undefined;
  /** Whatever must be undone also where the process is interrupted. Absent: it ends at once. */
  readonly guard?: ((one: AsyncDisposable) => void) | undefined;
  readonly talk: (line: string) => void;
  readonly onDomain: (name: string) => void;
}

/** Writes a migration for each domain that changed: all of them, or, where one domain fails or the process is interrupted, none.
 *  @throws {DbError} DB_DECISION with the open questions, DB_GENERATE */
export async function generateDomains(
  domains: readonly DomainConfig[],
  options: GenerateOptions,
): Promise<readonly Generated[]> {
  await using stats = await openStats(options.statsUrl);
  const rows = stats === null ? undefined : await rowsOf(domains, stats);
  using staging = openStaging(options.root);
  const drafts: Draft[] = [];
  {
    await using scratch = await openScratch(options.scratchUrl, options.talk);
    // A server of our own ends with us; one that was given is left as it was. Nothing is published any more by then.
    if (options.scratchUrl !== undefined) options.guard?.(withStaging(scratch, staging));
    for (const domain of domains) {
      options.onDomain(domain.name);
      const draft = await draftMigration(domain, { ...options, scratch, staging, rows }).catch((error: unknown) => {
        throw inDomain(error, domain.name);
      });
      if (options.sources !== undefined) await requireUnused(domain, draft.plan, options.sources);
      drafts.push(stats === null ? draft : await withRowsAsked(draft, domain, stats));
    }
  }
  publish(drafts.flatMap(({ moves }) => moves));
  return drafts.map(({ generated }) => generated);
}

async function openStats(url: string | undefined): Promise<Session | null> {
  if (url === undefined) return null;
  return await openSession(parseTarget(url, '--stats-url'), { app: 'db generate', readOnly: true });
}

async function rowsOf(domains: readonly DomainConfig[], { sql }: Session): Promise<RowEstimates> {
  return await readRowEstimates(
    sql,
    domains.map(({ schema }) => schema),
  );
}

/** What is in the way of it in that database is warned of while it is written: there it would be refused. */
async function withRowsAsked(draft: Draft, { schema }: DomainConfig, stats: Session): Promise<Draft> {
  if (draft.plan.length === 0) return draft;
  const notes = await askForDraft(stats, schema, draft.plan);
  return { ...draft, generated: { ...draft.generated, warnings: [...draft.generated.warnings, ...notes] } };
}

/** What undoes both: the drafts at once, then the databases. */
function withStaging(scratch: AsyncDisposable, staging: Disposable): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      staging[Symbol.dispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}
