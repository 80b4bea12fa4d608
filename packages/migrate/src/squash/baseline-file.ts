import type { ParsedMigration } from '../files/parse-migration.ts';
import { type Replaced, replacesLine } from '../files/replaces.ts';
import { quoteIdentifier } from '../objects/quote.ts';

export interface BaselineFacts {
  readonly domain: string;
  readonly schema: string;
  readonly replaced: readonly ParsedMigration[];
  /** Major versions of the servers on which it was proven. */
  readonly versions: readonly number[];
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** What the baseline stands for: the migrations, and where one of them is a baseline itself, what that stood for. Pure. */
export function standsFor(replaced: readonly ParsedMigration[]): readonly Replaced[] {
  return replaced.flatMap(({ name, checksum, replaces }) => [
    { name, checksum, within: null },
    ...replaces.map((part) => ({ ...part, within: part.within ?? name })),
  ]);
}

/** `migration.sql` of a baseline. Pure. */
export function baselineText(statements: readonly string[], facts: BaselineFacts): string {
  const { domain, replaced, versions, today } = facts;
  const newest = replaced.at(-1)?.name ?? '';
  return [
    `-- Baseline of ${domain}.`,
    `-- Purpose: an empty database gets to ${newest} in one step. A database that has the ${replaced.length} migrations below has it.`,
    `-- Date: ${today}`,
    `-- Proven on PostgreSQL ${versions.join(' and ')}: catalog, order of columns and rows are those that these migrations give.`,
    ...standsFor(replaced).map(replacesLine),
    '',
    `${statements.map((statement) => `${statement};`).join('\n--> statement-breakpoint\n')}`,
    '',
  ].join('\n');
}

/** `down.sql` of a baseline. Pure. */
export function baselineDown({ domain, schema, today }: BaselineFacts): string {
  return [
    `-- Undoes the baseline of ${domain}: everything in its schema goes, with all rows.`,
    `-- Date: ${today}`,
    '',
    `DROP SCHEMA ${quoteIdentifier(schema)} CASCADE;`,
    '',
  ].join('\n');
}
