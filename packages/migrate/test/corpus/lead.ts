import postgres from 'postgres';
import { compareCatalogs, readCatalog } from '../../src/catalog/read-catalog.ts';
import { residualStatements } from '../../src/catalog/residual.ts';
import { emptyDatabase } from '../support/database.ts';
import { CATALOG_CASES } from './cases.ts';

/** What is wrong with each case, by its name; a case that is led right is not in it. */
export type Faults = ReadonlyMap<string, readonly string[]>;

/** Leads every case of the corpus in one direction: all of them in one database, each in a schema of its own. The oracle is our own
 *  reading of the catalog, which does not know the diff library. */
export async function leadCases(server: string, direction: 'before → after' | 'after → before'): Promise<Faults> {
  await using from = await emptyDatabase(server);
  await using to = await emptyDatabase(server);
  const [left, right] =
    direction === 'before → after' ? (['before', 'after'] as const) : (['after', 'before'] as const);
  await Promise.all([build(from.url, left), build(to.url, right)]);
  const faults = new Map<string, string[]>();
  const blame = (text: string, fault: string) => {
    const name = CATALOG_CASES[Number(/\bcase_(\d+)\b/.exec(text)?.[1] ?? -1)]?.name ?? 'none of the cases';
    faults.set(name, [...(faults.get(name) ?? []), fault]);
  };
  for (const statement of await residualStatements(from.url, to.url)) {
    const error = await from.sql.unsafe(statement).then(
      () => null,
      (cause: Error) => cause.message,
    );
    if (error !== null) blame(statement, `${error}: ${statement}`);
  }
  const schemas = CATALOG_CASES.map((_, n) => schemaOf(n));
  const differences = compareCatalogs(await readCatalog(from.sql, schemas), await readCatalog(to.sql, schemas));
  for (const { object, left, right } of differences) blame(object, `${object}: ${left} is not ${right}`);
  for (const statement of await residualStatements(from.url, to.url)) blame(statement, `left: ${statement}`);
  return faults;
}

const schemaOf = (n: number) => `case_${n}`;

async function build(url: string, state: 'before' | 'after'): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  for (const [n, one] of CATALOG_CASES.entries()) {
    const text = `${one.common ?? ''};${one[state]}`.replaceAll(/\bs\.(?=[a-z"])/g, `${schemaOf(n)}.`);
    await sql.unsafe(`CREATE SCHEMA ${schemaOf(n)};${text.replaceAll(/ON SCHEMA s\b/g, `ON SCHEMA ${schemaOf(n)}`)}`);
  }
  await sql.end();
}
