import type { Sql } from 'postgres';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { type OnlinePlan, planOnline } from '../../src/online/plan-online.ts';
import { readFacts } from '../../src/online/read-facts.ts';
import { loadGrammar } from '../../src/sql/parse.ts';
import { createProject, type Project } from './project.ts';

/** The draft's files as they would be written, by name in their order. */
export function asMigrations({ files }: OnlinePlan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.map(({ noTransaction, inBatches, contract, statements }, number) => [
      `202601020000${String(number).padStart(2, '0')}_change`,
      [
        ...(noTransaction ? ['-- db: no-transaction'] : []),
        ...(inBatches ? ['-- db: in-batches'] : []),
        ...(contract ? ['-- db: contract'] : []),
        ...statements.map((statement) => `${statement};`),
      ].join('\n'),
    ]),
  );
}

/** Plans a draft for a database whose tables are all large. */
export async function planFor(sql: Sql, draft: readonly string[], schemas = ['shop']): Promise<OnlinePlan> {
  await loadGrammar();
  return planOnline(draft, await readFacts(sql, schemas));
}

/** A project with the plan's files as its migrations. */
export function onlineProject(plan: OnlinePlan): Promise<Project> {
  return createProject(asMigrations(plan));
}

/** The catalog of `shop`. */
export const shopCatalog = (sql: Sql) => readCatalog(sql, ['shop']);
