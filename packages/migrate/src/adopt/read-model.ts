import type { Sql } from 'postgres';
import { normalizeView } from '../catalog/normalize-view.ts';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import { loadGrammar } from '../sql/parse.ts';
import type { FunctionModel, RelationModel, SchemaModel, SequenceModel, TypeModel } from './model.ts';
import { MODEL_QUERIES } from './model-query.ts';

/** The search path under which a schema's definitions are printed, and run again. Extensions usually live in `public`. */
export function pathOf(schema: string): string {
  return [...new Set([schema, 'public'])].map(quoteIdentifier).join(', ');
}

/** Settings by which names and constants would be printed otherwise. */
const PRINTED_THE_SAME = ['quote_all_identifiers = off', 'timezone = UTC', 'datestyle = ISO', 'jit = off'];

/** Reads one schema at one moment, in one round trip; outside of a transaction. Takes nothing stronger than ACCESS SHARE. */
export async function readModel(sql: Sql, schema: string): Promise<SchemaModel> {
  const oid = `(SELECT oid FROM pg_namespace WHERE nspname = ${quoteLiteral(schema)})`;
  const settings = [`search_path = ${pathOf(schema)}`, ...PRINTED_THE_SAME].map((setting) => `SET LOCAL ${setting}`);
  const lists = Object.values(MODEL_QUERIES).map(
    (query) => `(SELECT coalesce(json_agg(x.o), '[]') FROM (${query.replaceAll(/\$(?=[ \n)]|$)/g, oid)}) AS x(o))`,
  );
  const all = `SELECT obj_description(${oid}, 'pg_namespace'), ${oid} IS NOT NULL, current_setting('server_version_num')::int, ${lists.join(',\n')}`;
  const [, answers] = await Promise.all([loadGrammar(), sql.unsafe([...settings, all].join(';\n')).values()]);
  const [[comment, exists, version, ...found] = []] = answers.at(-1) as unknown as readonly (readonly unknown[])[];
  const named = Object.fromEntries(
    Object.keys(MODEL_QUERIES).map((key, at) => [key, (found[at] ?? []) as readonly unknown[]]),
  );
  return {
    schema,
    exists: exists === true,
    serverVersion: Math.floor(Number(version) / 10_000),
    comment: typeof comment === 'string' ? comment : null,
    relations: relationsOf(named),
    sequences: named['sequences'] as readonly SequenceModel[],
    types: named['types'] as readonly TypeModel[],
    functions: named['functions'] as readonly FunctionModel[],
  };
}

const PARTS = ['columns', 'constraints', 'indexes', 'triggers', 'policies', 'rules'] as const;

function relationsOf(named: Readonly<Record<string, readonly unknown[]>>): readonly RelationModel[] {
  const parts = PARTS.map(
    (part) => [part, Map.groupBy(named[part] as readonly { of: string }[], ({ of }) => of)] as const,
  );
  return (named['relations'] as readonly RelationModel[]).map((relation) => ({
    ...relation,
    viewDefinition: relation.viewDefinition === null ? null : normalizeView(relation.viewDefinition),
    ...Object.fromEntries(
      parts.map(([part, byTable]) => [part, (byTable.get(relation.oid) ?? []).map(({ of: _, ...rest }) => rest)]),
    ),
  }));
}
