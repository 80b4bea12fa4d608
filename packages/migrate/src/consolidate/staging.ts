import type { Sql } from 'postgres';
import { qualified } from '../backup/contents.ts';
import type { Session } from '../connect/session.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import { beginCopyText, COPIES_DDL } from './progress.ts';
import type { SourceSchema, SourceTable } from './source-table.ts';

/** Definitions run as they were printed: with their schema in front. */
export const pathText = (schema: string): string =>
  `SET LOCAL search_path = ${quoteIdentifier(schema)}, public; SET LOCAL check_function_bodies = off`;

/** Makes the tables that the rows go to, bare: no key, index or check slows the copy. All at once, with the rows that tell how far it is. */
export async function makeStaging(
  session: Session,
  domain: string,
  schema: string,
  source: SourceSchema,
  label: string,
): Promise<void> {
  const { sql } = session;
  const sequences = source.sequences.flatMap(({ create }) => (create === null ? [] : [create]));
  const statements = [
    COPIES_DDL,
    ...source.extensions.map((name) => `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)}`),
    `CREATE SCHEMA ${quoteIdentifier(schema)}`,
    `COMMENT ON SCHEMA ${quoteIdentifier(schema)} IS 'Copied from a legacy database for ${domain}, to be adopted'`,
    pathText(schema),
    ...[...source.types, ...sequences, ...source.functions],
    ...source.tables.map(createTable),
    ...source.sequences.flatMap(({ name, create, ownedBy }) =>
      create === null || ownedBy === null
        ? []
        : [
            `ALTER SEQUENCE ${quoteIdentifier(name)} OWNED BY ${quoteIdentifier(ownedBy.table)}.${quoteIdentifier(ownedBy.column)}`,
          ],
    ),
    ...source.tables.flatMap(({ comments }) => comments),
    ...source.tables.map(({ name }) => beginCopyText(domain, name, label)),
  ];
  await sql.begin(async () => {
    await sql.unsafe(statements.join(';\n'));
  });
}

function createTable({ name, columns }: SourceTable): string {
  return `CREATE TABLE ${quoteIdentifier(name)} (${columns.map(({ definition }) => definition).join(', ')})`;
}

/** Builds what the copy went without: keys and indexes that are not there yet, each a statement of its own. */
export async function buildKeysAndIndexes({ sql }: Session, schema: string, table: SourceTable): Promise<void> {
  const keys = table.constraints.filter(({ type }) => type === 'p' || type === 'u' || type === 'x');
  const there = await namesOf(sql, schema, table.name);
  for (const { name, definition } of keys) {
    if (there.has(name)) continue;
    await inSchema(
      sql,
      schema,
      `ALTER TABLE ${quoteIdentifier(table.name)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`,
    );
  }
  for (const statement of table.indexes) {
    const [, name = ''] = /^CREATE (?:UNIQUE )?INDEX ("(?:[^"]|"")+"|\S+) ON /.exec(statement) ?? [];
    if (!there.has(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name))
      await inSchema(sql, schema, statement);
  }
}

/** Adds checks and foreign keys, once all rows are there. A key to a table that was not copied is left out.
 *  @returns what was left out, in words */
export async function buildChecksAndReferences(
  { sql }: Session,
  schema: string,
  tables: readonly SourceTable[],
): Promise<readonly string[]> {
  const copied = new Set(tables.map(({ name }) => name));
  const left: string[] = [];
  for (const type of ['c', 'f'] as const) {
    for (const table of tables) {
      const there = await namesOf(sql, schema, table.name);
      for (const { name, definition, references } of table.constraints.filter((one) => one.type === type)) {
        if (there.has(name)) continue;
        if (type === 'f' && (references === null || !copied.has(references)))
          left.push(`foreign key ${name} on ${table.name}`);
        else
          await inSchema(
            sql,
            schema,
            `ALTER TABLE ${quoteIdentifier(table.name)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`,
          );
      }
    }
  }
  return left;
}

/** Takes away the foreign keys that a run before this one has built: rows that are copied again go and come back. */
export async function dropReferences({ sql }: Session, schema: string): Promise<void> {
  const rows = await sql<{ statement: string }[]>`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement FROM pg_constraint
    WHERE contype = 'f' AND connamespace = to_regnamespace(${quoteIdentifier(schema)})`;
  if (rows.length > 0) await sql.unsafe(rows.map(({ statement }) => statement).join(';\n'));
}

async function inSchema(sql: Sql, schema: string, statement: string): Promise<void> {
  await sql.begin(async () => {
    await sql.unsafe(`${pathText(schema)};\n${statement}`);
  });
}

/** Names of a table's constraints and indexes. */
async function namesOf(sql: Sql, schema: string, table: string): Promise<ReadonlySet<string>> {
  const rows = await sql<{ name: string }[]>`
    SELECT conname AS name FROM pg_constraint WHERE conrelid = to_regclass(${qualified(schema, table)})
    UNION SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass(${qualified(schema, table)})`;
  return new Set(rows.map(({ name }) => name));
}
