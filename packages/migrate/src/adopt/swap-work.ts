import { findKey } from '../backfill/find-key.ts';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import type { RelationFacts } from '../online/facts.ts';
import { readFacts } from '../online/read-facts.ts';
import { expand } from '../online/retype/expand.ts';
import { build, incomingTo, rulesOn } from '../online/retype/fill.ts';
import { dropOldColumn, swapColumns } from '../online/retype/swap.ts';
import { type SwappedColumn, swappedColumn } from '../online/retype/swapped-column.ts';
import { printedType } from '../online/retype/type-name.ts';
import type { AdoptRun } from './adopt-domain.ts';
import { mayBeQuiet, workingPath } from './apply-adoption.ts';
import { at } from './names.ts';
import type { TypeSwap } from './plan.ts';
import type { StoredAdoption, StoredSwap } from './store.ts';

/** Writes out how a column gets its type: by a new column beside reads and writes; in one transaction that writes the table anew, where
 *  something stands in the way of that which only the database knows. Read-only. */
export async function swapWork(run: AdoptRun, stored: StoredAdoption, swap: TypeSwap): Promise<StoredSwap> {
  const { session, domain } = run;
  const path = workingPath(domain.schema, stored.fromSchema);
  const name = `${swap.table}.${swap.column}`;
  const place = at(domain.schema, swap.table);
  await session.sql.unsafe(`SET search_path = ${path}; SET timezone = 'UTC'`);
  const facts = (await readFacts(session.sql, [domain.schema])).relations.get(`${domain.schema}.${swap.table}`);
  await session.sql.unsafe('RESET search_path; RESET timezone');
  const own = facts?.columns.find((column) => column.name === swap.column);
  const key = await findKey(session.sql, place);
  const quiet = await mayBeQuiet(session);
  const plain: StoredSwap = { name, expand: [], fill: null, build: [], swap: swap.plain, drop: [] };
  if (facts === undefined || own === undefined || key === null) return plain;
  if (!(await isFree(run, swap, quiet))) return plain;
  const to = printedType(swap.type);
  const change = {
    to,
    type: swap.collation === null ? swap.type : `${swap.type} COLLATE ${swap.collation}`,
    using: swap.using,
    column: swap.column,
    hasCollation: false,
    isPlainCast: false,
  };
  const column = { ...own, default: swap.default ?? own.default };
  const table = { schema: domain.schema, name: swap.table };
  const swapped = swappedColumn({ ...change, table }, withRules(facts, swap), column, true);
  if (!swap.comparable && hasForeignKey(swapped)) return plain;
  return {
    name,
    expand: [...expand(swapped), ...settled(swapped, path, place)],
    fill: { table: place, key, column: swap.column, fresh: swapped.fresh, quiet },
    build: [...build(swapped, { relation: () => facts }), proof(swapped, swap.type, place)],
    swap: [...swap.gone, ...swapColumns(swapped), ...swap.anew],
    drop: dropOldColumn(swapped),
  };
}

/** What the catalog says of a column beyond its table: a publication that names it, triggers of others that we may not keep quiet. */
async function isFree({ session, domain }: AdoptRun, { table, column }: TypeSwap, quiet: boolean): Promise<boolean> {
  const place = at(domain.schema, table);
  const [row] = await session.sql<{ published: boolean; heard: boolean }[]>`
    SELECT EXISTS (SELECT FROM pg_publication_rel p JOIN pg_attribute a ON a.attrelid = p.prrelid AND a.attnum = ANY (p.prattrs::int2[])
        WHERE p.prrelid = ${place}::regclass AND a.attname = ${column}) AS published,
      EXISTS (SELECT FROM pg_trigger WHERE tgrelid = ${place}::regclass AND NOT tgisinternal AND tgtype & 16 <> 0) AS heard`;
  return row !== undefined && !row.published && (quiet || !row.heard);
}

function hasForeignKey(swapped: SwappedColumn): boolean {
  return incomingTo(swapped).length > 0 || rulesOn(swapped).some(({ kind }) => kind === 'foreign key');
}

/** Checks and indexes in the words that they have over the new type. */
function withRules(facts: RelationFacts, { rules }: TypeSwap): RelationFacts {
  return {
    ...facts,
    constraints: facts.constraints.map((one) => ({ ...one, definition: rules[one.name] ?? one.definition })),
    indexes: facts.indexes.map((one) => {
      const words = rules[one.name];
      const from = one.definition.indexOf(' USING ');
      return words === undefined ? one : { ...one, definition: one.definition.slice(0, from) + words };
    }),
  };
}

/** The value is computed in one way whoever writes, and also where replication does. */
function settled({ sync, trigger }: SwappedColumn, path: string, place: string): readonly string[] {
  const settings = [`search_path = ${path}`, `timezone = 'UTC'`, `datestyle = 'ISO'`, `intervalstyle = 'postgres'`];
  return [
    ...settings.map((setting) => `ALTER FUNCTION ${sync}() SET ${setting}`),
    `ALTER TABLE ${place} ENABLE ALWAYS TRIGGER ${trigger}`,
  ];
}

/** No value is lost on the way: else it stops before anything is taken away. */
function proof({ change, fresh, value }: SwappedColumn, type: string, place: string): string {
  const message = `${change.table.name}.${change.column} and its new column differ`.replaceAll('%', '%%');
  const body = `BEGIN
  IF EXISTS (SELECT FROM ${place} WHERE (${quoteIdentifier(fresh)})::text IS DISTINCT FROM (${value})::${type}::text) THEN
    RAISE EXCEPTION ${quoteLiteral(message)};
  END IF;
END`;
  return `DO ${quoteLiteral(body)}`;
}
