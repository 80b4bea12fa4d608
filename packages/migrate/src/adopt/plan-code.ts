import { definitionsOf } from './around-types.ts';
import { act, type Case, type Draft, type Pair, state } from './draft.ts';
import type { NamedDefinition, RelationModel } from './model.ts';
import { at, q } from './names.ts';
import { quoted } from './plan-columns.ts';
import { columnsOf } from './plan-new-table.ts';
import { sameRule } from './same-rule.ts';
import { viewWaits } from './strange-types.ts';

/** Declared functions. Functions of the running system stay where they are: others may use them. */
export function planFunctions(given: Case, draft: Draft): void {
  const { schema } = given.target;
  for (const { identity, definition, aggregate, comment } of given.target.functions) {
    const object = `function ${identity}`;
    const own = given.own.functions.find((one) => one.identity === identity);
    if (own !== undefined && own.definition === definition) {
      state(draft, object, 'same');
      continue;
    }
    if (aggregate) {
      draft.waiting.push({ object, why: 'an aggregate is not made by adoption: make it by hand', rows: null });
      continue;
    }
    state(draft, object, own === undefined ? 'missing' : 'differs', 'created');
    const back =
      own === undefined ? `DROP FUNCTION IF EXISTS ${q(schema)}.${identity}` : inSchema(schema, own.definition);
    act(draft, 'functions', object, inSchema(schema, definition), back);
    if (comment !== null)
      act(draft, 'comments', object, `COMMENT ON FUNCTION ${q(schema)}.${identity} IS ${quoted(comment)}`);
  }
}

/** `CREATE OR REPLACE FUNCTION f(…` → `… FUNCTION "schema".f(…`. */
function inSchema(schema: string, definition: string): string {
  return definition.replace(/^(CREATE OR REPLACE (?:FUNCTION|PROCEDURE) )/, `$1${q(schema)}.`);
}

/** Triggers, rules, policies and row security of one table; `pair` NULL: it is new. */
export function planTableCode(given: Case, draft: Draft, target: RelationModel, pair: Pair | null): void {
  planTriggers(given, draft, target, pair);
  planPolicies(given, draft, target, pair);
  for (const wanted of target.rules) {
    if (pair?.live.rules.some(({ name }) => name === wanted.name) === true) continue;
    act(
      draft,
      'triggers',
      `rule ${target.name} ${wanted.name}`,
      wanted.definition,
      `DROP RULE IF EXISTS ${q(wanted.name)} ON ${at(given.target.schema, target.name)}`,
    );
  }
}

function planTriggers(given: Case, draft: Draft, target: RelationModel, pair: Pair | null): void {
  const table = at(given.target.schema, target.name);
  const left = new Set(pair?.live.triggers ?? []);
  const moved = pair !== null && pair.from !== given.target.schema;
  for (const wanted of target.triggers) {
    const object = `trigger ${target.name} ${wanted.name}`;
    const found = [...left].find(({ name }) => name === wanted.name);
    if (found !== undefined) left.delete(found);
    // The function that a moved table's trigger calls stays behind: the trigger is made again, on the declared one.
    if (found !== undefined && !moved && sameRule(found.definition, wanted.definition)) {
      state(draft, object, 'same');
      continue;
    }
    state(
      draft,
      object,
      found === undefined ? 'missing' : 'differs',
      found === undefined ? 'created' : 'made again on the declared function',
    );
    if (tightens(given, draft, object, wanted, pair)) continue;
    const drop = `DROP TRIGGER IF EXISTS ${q(wanted.name)} ON ${table}`;
    if (found !== undefined) act(draft, 'triggers', object, drop, ...definitionsOf(table, found));
    act(draft, 'triggers', object, definitionsOf(table, wanted).join(';\n'), drop);
    if (wanted.comment !== null)
      act(draft, 'comments', object, `COMMENT ON TRIGGER ${q(wanted.name)} ON ${table} IS ${quoted(wanted.comment)}`);
  }
  for (const { name } of left)
    if (!name.startsWith('zz_')) draft.retained.push({ object: `trigger ${target.name} ${name}`, why: 'not declared' });
}

/** A constraint trigger refuses writes: it waits where somebody writes already. */
function tightens(
  { phase }: Case,
  draft: Draft,
  object: string,
  { definition }: NamedDefinition,
  pair: Pair | null,
): boolean {
  if (phase === 'finish' || pair === null || pair.empty || !definition.startsWith('CREATE CONSTRAINT TRIGGER'))
    return false;
  draft.waiting.push({ object, why: 'it may refuse what the old application writes', rows: null });
  return true;
}

function planPolicies(given: Case, draft: Draft, target: RelationModel, pair: Pair | null): void {
  const table = at(given.target.schema, target.name);
  const left = new Set(pair?.live.policies ?? []);
  const create = ({ name, definition }: NamedDefinition) => `CREATE POLICY ${q(name)} ON ${table} ${definition}`;
  for (const wanted of target.policies) {
    const object = `policy ${target.name} ${wanted.name}`;
    const found = [...left].find(({ name }) => name === wanted.name);
    if (found !== undefined) left.delete(found);
    if (found !== undefined && sameRule(found.definition, wanted.definition)) {
      state(draft, object, 'same');
      continue;
    }
    state(draft, object, found === undefined ? 'missing' : 'differs', 'created');
    const drop = `DROP POLICY IF EXISTS ${q(wanted.name)} ON ${table}`;
    if (found !== undefined) act(draft, 'policies', object, drop, create(found));
    act(draft, 'policies', object, create(wanted), drop);
  }
  for (const { name } of left) draft.retained.push({ object: `policy ${target.name} ${name}`, why: 'not declared' });
  if (pair !== null) planRowSecurity(given, draft, pair);
}

/** Row security hides rows from whoever sets no tenant: it waits where somebody reads already. */
function planRowSecurity(given: Case, draft: Draft, { target, live, empty, mapping }: Pair): void {
  const table = at(given.target.schema, target.name);
  const object = `table ${target.name} row security`;
  if (!target.rowSecurity && live.rowSecurity) draft.retained.push({ object, why: 'on, not declared' });
  const wants = (target.rowSecurity && !live.rowSecurity) || (target.forceRowSecurity && !live.forceRowSecurity);
  if (!wants) return;
  const why = mapping.waits?.['row security'] ?? 'the old application sets no tenant and would see no row';
  if (given.phase === 'adopt' && !empty) {
    draft.waiting.push({ object, why, rows: null });
    return;
  }
  const change = (how: string) => `ALTER TABLE ${table} ${how} ROW LEVEL SECURITY`;
  if (target.rowSecurity && !live.rowSecurity) act(draft, 'policies', object, change('ENABLE'), change('DISABLE'));
  if (target.forceRowSecurity && !live.forceRowSecurity)
    act(draft, 'policies', object, change('FORCE'), change('NO FORCE'));
}

/** Declared views. A view of the running system with that name stays under its own; a materialized one that is the same moves, with
 *  its rows. */
export function planViews(given: Case, draft: Draft, pairs: readonly Pair[]): void {
  for (const wanted of inOrder(given.target.relations.filter(({ kind }) => kind === 'v' || kind === 'm'))) {
    const object = `${wanted.kind === 'm' ? 'materialized view' : 'view'} ${wanted.name}`;
    const own = given.own.relations.find(({ name, kind }) => name === wanted.name && kind === wanted.kind);
    if (own !== undefined && sameRule(own.viewDefinition ?? '', wanted.viewDefinition ?? '')) {
      state(draft, object, 'same');
      continue;
    }
    if (own !== undefined) {
      draft.retained.push({ object, why: 'declared otherwise' });
      state(draft, object, 'differs', 'kept as it is');
      continue;
    }
    if (moveMaterialized(given, draft, wanted, object)) continue;
    state(draft, object, 'missing', 'created');
    if (viewWaits(given, draft, pairs, object, wanted.viewDefinition ?? '')) continue;
    createView(given, draft, wanted, object);
  }
}

/** A materialized view that is the same comes along with its rows; its tables have moved under it. */
function moveMaterialized({ target, live }: Case, draft: Draft, wanted: RelationModel, object: string): boolean {
  const found = live.relations.find(({ name, kind }) => kind === 'm' && name === wanted.name);
  if (wanted.kind !== 'm' || found === undefined || !sameRule(found.viewDefinition ?? '', wanted.viewDefinition ?? ''))
    return false;
  const move = (a: string, b: string) => `ALTER MATERIALIZED VIEW ${at(a, wanted.name)} SET SCHEMA ${q(b)}`;
  act(draft, 'move', object, move(live.schema, target.schema), move(target.schema, live.schema));
  state(draft, object, 'same');
  for (const index of wanted.indexes) {
    const equal = found.indexes.find(
      (one) => one.unique === index.unique && sameRule(one.definition, index.definition),
    );
    if (equal === undefined) {
      draft.waiting.push({
        object: `index ${index.name}`,
        why: 'the materialized view lacks it: make it by hand',
        rows: null,
      });
    } else if (equal.name !== index.name) {
      const rename = (a: string, b: string) => `ALTER INDEX ${at(target.schema, a)} RENAME TO ${q(b)}`;
      act(draft, 'names', `index ${index.name}`, rename(equal.name, index.name), rename(index.name, equal.name));
    }
  }
  return true;
}

function createView(given: Case, draft: Draft, wanted: RelationModel, object: string): void {
  const place = at(given.target.schema, wanted.name);
  const kind = wanted.kind === 'm' ? 'MATERIALIZED VIEW' : 'VIEW';
  const options = wanted.options.length === 0 ? '' : ` WITH (${wanted.options.join(', ')})`;
  const text = wanted.viewDefinition?.replace(/;\s*$/, '') ?? '';
  act(
    draft,
    'views',
    object,
    `CREATE ${kind} ${place} (${columnsOf(wanted)})${options} AS\n${text}${wanted.kind === 'm' ? '\nWITH NO DATA' : ''}`,
    `DROP ${kind} IF EXISTS ${place}`,
  );
  for (const { name, unique, definition } of wanted.indexes)
    act(draft, 'views', object, `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${q(name)} ON ${place}${definition}`);
  // Nobody reads it yet, and its query may take long.
  if (wanted.kind === 'm') draft.later.push({ about: object, sql: `REFRESH MATERIALIZED VIEW ${place}`, undo: [] });
  if (wanted.comment !== null)
    act(draft, 'comments', object, `COMMENT ON ${kind} ${place} IS ${quoted(wanted.comment)}`);
  for (const { name, comment } of wanted.columns)
    if (comment !== null) act(draft, 'comments', object, `COMMENT ON COLUMN ${place}.${q(name)} IS ${quoted(comment)}`);
}

/** Views behind those that they read, told by the names in their text. */
function inOrder(views: readonly RelationModel[]): readonly RelationModel[] {
  const left = [...views];
  const ordered: RelationModel[] = [];
  const reads = (view: RelationModel, other: RelationModel) =>
    new RegExp(`(?<![\\w"])"?${escaped(other.name)}"?(?![\\w"])`).test(view.viewDefinition ?? '');
  while (left.length > 0) {
    const next = left.findIndex((view) => !left.some((other) => other !== view && reads(view, other)));
    ordered.push(...left.splice(Math.max(0, next), 1));
  }
  return ordered;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
