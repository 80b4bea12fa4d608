import { act, type Case, type Draft, early, type Pair } from './draft.ts';
import type { RelationModel, SchemaModel } from './model.ts';
import { at, q, suffixed } from './names.ts';
import { aside } from './plan-keys.ts';
import { partitionsOf } from './plan-move.ts';

/** What somebody else keeps in the domain's schema under a name that is needed there steps aside: tables, views, types and loose
 *  sequences go to a schema beside it, indexes and sequences of other tables get another name. */
export function planStrangers(
  given: Case,
  draft: Draft,
  pairs: readonly Pair[],
  missing: readonly RelationModel[],
): void {
  const { own, target } = given;
  if (given.phase === 'finish' || !own.exists) return;
  const made = missing.flatMap((one) => namesOf(target, one));
  const needed = new Set([...made, ...pairs.flatMap((pair) => neededBy(given, pair))]);
  const isEarly = new Set([...made, ...target.types.map(({ name }) => name)]);
  const strangers = strangersIn(given, pairs);
  const gone = new Set<string>();
  for (const { kind, name } of strangers.relations) {
    if (draft.retained.some(({ object }) => object === `table ${suffixed(own.schema, ASIDE)}.${name}`)) gone.add(name);
    else if (needed.has(name)) {
      gone.add(name);
      shelve(given, draft, WORDS[kind], name, isEarly.has(name));
    } else draft.retained.push({ object: `${WORDS[kind]} ${name}`, why: 'not declared' });
  }
  const tables = new Set([...target.relations.map(({ name }) => name), ...pairs.map(({ live }) => live.name)]);
  for (const { kind, name } of strangers.types)
    if (tables.has(name) || target.types.some((one) => one.name === name))
      shelve(given, draft, kind === 'domain' ? 'domain' : 'type', name, isEarly.has(name));
  for (const { name, ownedBy } of own.sequences) {
    if (!needed.has(name) || strangers.columns.has(name)) continue;
    if (ownedBy === null) shelve(given, draft, 'sequence', name, isEarly.has(name));
    else if (!gone.has(ownedBy.table)) rename(given, draft, 'sequence', name, isEarly.has(name));
  }
  for (const { name: table, indexes } of strangers.relations)
    for (const { name } of indexes)
      if (needed.has(name) && !gone.has(table)) rename(given, draft, 'index', name, isEarly.has(name));
}

const ASIDE = '_before_adoption';
const WORDS = { r: 'table', p: 'table', v: 'view', m: 'materialized view', f: 'foreign table' } as const;

interface Strangers {
  readonly relations: readonly RelationModel[];
  readonly types: SchemaModel['types'];
  /** Sequences that are ours. */
  readonly columns: ReadonlySet<string>;
}

function strangersIn({ own, target }: Case, pairs: readonly Pair[]): Strangers {
  const ours = pairs.filter(({ from }) => from === own.schema);
  const taken = new Set(ours.map(({ live }) => live.oid));
  const isView = ({ kind, name }: RelationModel) =>
    (kind === 'v' || kind === 'm') && target.relations.some((one) => one.kind === kind && one.name === name);
  return {
    relations: own.relations.filter((one) => !taken.has(one.oid) && one.partitionBound === null && !isView(one)),
    types: own.types.filter((one) => !target.types.some(({ name, kind }) => name === one.name && kind === one.kind)),
    columns: new Set([
      ...own.sequences.flatMap(({ name, ownedBy }) =>
        ours.some(({ live }) => live.name === ownedBy?.table) ? [name] : [],
      ),
      ...target.sequences.flatMap(({ name, ownedBy }) => (ownedBy === null ? [name] : [])),
    ]),
  };
}

/** Names of a declared table, its indexes and sequences. */
function namesOf({ sequences }: SchemaModel, { name, indexes }: RelationModel): readonly string[] {
  const own = sequences.filter(({ ownedBy }) => ownedBy?.table === name);
  return [name, ...indexes.map((one) => one.name), ...own.map((one) => one.name)];
}

/** What an adopted table brings along, and what it shall be called. */
function neededBy(given: Case, pair: Pair): readonly string[] {
  const declared = namesOf(given.target, pair.target);
  if (pair.from === given.target.schema) return declared.slice(1);
  return [...declared, ...[pair.live, ...partitionsOf(given, pair)].flatMap((one) => namesOf(given.live, one))];
}

/** The schema beside a domain's, made once, and taken back when all that it holds has left it. */
export function schemaAside(draft: Draft, own: string): string {
  const schema = suffixed(own, ASIDE);
  const about = `schema ${schema}`;
  if (!draft.acts.some((one) => one.about === about))
    early(draft, 'schema', about, `CREATE SCHEMA IF NOT EXISTS ${q(schema)}`, `DROP SCHEMA IF EXISTS ${q(schema)}`);
  return schema;
}

function shelve({ own }: Case, draft: Draft, kind: string, name: string, isEarly: boolean): void {
  const schema = schemaAside(draft, own.schema);
  const put = isEarly ? early : act;
  const move = (from: string, to: string) => `ALTER ${kind.toUpperCase()} ${at(from, name)} SET SCHEMA ${q(to)}`;
  // Behind the changes of types: a view that reads their columns is made again under the name that it had.
  put(draft, isEarly ? 'schema' : 'refasten', `${kind} ${name}`, move(own.schema, schema), move(schema, own.schema));
  draft.retained.push({
    object: `${kind} ${schema}.${name}`,
    why: `was ${own.schema}.${name}, a name that the domain needs`,
  });
}

function rename(given: Case, draft: Draft, kind: 'index' | 'sequence', name: string, isEarly: boolean): void {
  const put = isEarly ? early : act;
  const free = aside(given, name);
  const change = (from: string, to: string) =>
    `ALTER ${kind.toUpperCase()} ${at(given.own.schema, from)} RENAME TO ${q(to)}`;
  put(draft, isEarly ? 'schema' : 'refasten', `${kind} ${name}`, change(name, free), change(free, name));
  draft.retained.push({ object: `${kind} ${free}`, why: `was ${name}, a name that the domain needs` });
}
