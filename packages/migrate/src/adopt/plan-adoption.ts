import { sqlLiteral } from '../history/history-statement.ts';
import type { Case, Draft, Pair } from './draft.ts';
import { act, createDraft } from './draft.ts';
import { limitsOf, losersOf } from './limits.ts';
import { matchTables } from './match-tables.ts';
import { at, q } from './names.ts';
import { type Act, type AdoptedTable, type AdoptionPlan, type LaterStep, STAGES } from './plan.ts';
import { planFunctions, planTableCode, planViews } from './plan-code.ts';
import { planColumns } from './plan-columns.ts';
import { ruleComments } from './plan-comments.ts';
import { planConstraints } from './plan-constraints.ts';
import { planIndexes } from './plan-indexes.ts';
import { planMove, planSchema, planTypes } from './plan-move.ts';
import { createSequence, planNewTable } from './plan-new-table.ts';
import { planOldNames } from './plan-old-names.ts';
import { planRenames } from './plan-renames.ts';
import { keepKeysTogether, planRetypes } from './plan-retypes.ts';
import { planStrangers } from './plan-strangers.ts';
import { planTwinsAway, planTwinTrigger } from './plan-twins.ts';

export interface Planned {
  readonly plan: AdoptionPlan;
  /** Counting queries whose answers are not known yet: the plan is made again with them. */
  readonly asks: readonly string[];
}

/** Decides how a database comes under the declared schema. Nothing that is there is lost: what the domain does not declare is kept, what
 *  does not fit waits, what nobody can see is asked. Pure; the grammar must be loaded. */
export function planAdoption(given: Case): Planned {
  const draft = createDraft();
  planSchema(given, draft);
  planTypes(given, draft);
  const { pairs, missing } = matchTables(given, draft);
  planStrangers(given, draft, pairs, missing);
  for (const pair of pairs) planTable(given, draft, pair, pairs);
  keepKeysTogether(draft, pairs);
  for (const plan of draft.postponed) plan();
  planRenames(given, draft, pairs);
  planRetypes(given, draft, pairs);
  for (const target of inheritanceOrder(missing)) {
    planNewTable(given, draft, target);
    planTableCode(given, draft, target, null);
  }
  planLooseSequences(given, draft);
  planFunctions(given, draft);
  planViews(given, draft, pairs);
  planOldNames(given, draft, pairs);
  draft.notes.push(...limitsOf(given, pairs), ...losersOf(given));
  return { plan: planOf(given, draft, pairs), asks: [...draft.asks] };
}

function planTable(given: Case, draft: Draft, pair: Pair, pairs: readonly Pair[]): void {
  planMove(given, draft, pair);
  planColumns(given, draft, pair);
  planConstraints(given, draft, pair, pairs);
  planIndexes(given, draft, pair);
  if (given.phase === 'adopt') planTwinTrigger(given, draft, pair);
  else planTwinsAway(given, draft, pair);
  planTableCode(given, draft, pair.target, pair);
}

/** A partition or child comes behind its parent. */
function inheritanceOrder<T extends { readonly name: string; readonly parents: readonly string[] }>(
  tables: readonly T[],
): readonly T[] {
  const left = [...tables];
  const ordered: T[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ parents }) => !left.some(({ name }) => parents.includes(name)));
    ordered.push(...left.splice(Math.max(0, next), 1));
  }
  return ordered;
}

/** Declared sequences that no column owns. */
function planLooseSequences(given: Case, draft: Draft): void {
  const { schema } = given.target;
  for (const { name, ownedBy } of given.target.sequences) {
    if (ownedBy !== null || given.own.sequences.some((one) => one.name === name)) continue;
    const live = given.live.sequences.find((one) => one.name === name && one.ownedBy === null);
    if (live === undefined) createSequence(given, draft, name);
    else {
      const move = (a: string, b: string) => `ALTER SEQUENCE ${at(a, name)} SET SCHEMA ${q(b)}`;
      act(draft, 'sequences', `sequence ${name}`, move(given.live.schema, schema), move(schema, given.live.schema));
    }
  }
}

function planOf(given: Case, draft: Draft, pairs: readonly Pair[]): AdoptionPlan {
  const { asks: _, retypes: __, postponed: ___, retyped, acts, ...rest } = draft;
  const quiet = quietRenames(given, acts);
  const unique = <T>(values: readonly T[]) => [
    ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
  ];
  return {
    ...rest,
    phase: given.phase,
    schema: given.target.schema,
    from: given.live.schema,
    // A stable sort: within a stage the order stays.
    acts: acts
      .filter((one) => one.stage !== 'comments' && !quiet.includes(one))
      .toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage)),
    // A key of another table that a foreign key points to may be built later, too.
    later: [
      ...inOneStatement('names of indexes', quiet),
      ...commentsOf(given, acts),
      ...foreignKeysLast(given.keepInPlace ? draft.later.map((step) => inPlace(step, given, pairs)) : draft.later),
      ...inOneStatement('comments of constraints and indexes', ruleComments(given, draft, pairs)),
    ],
    retained: unique(draft.retained),
    waiting: unique(draft.waiting),
    questions: unique(draft.questions),
    notes: unique(draft.notes),
    unmanaged: unmanagedOf(given, pairs),
    tables: pairs.map((pair) => adoptedTable(pair, retyped)),
  };
}

/** Comments in one statement: they need no strong lock, and nobody shall wait for them. A table that stays in place has a view of its
 *  declared name by then, so there they are left out. */
function commentsOf({ keepInPlace }: Case, acts: readonly Act[]): readonly LaterStep[] {
  const comments = acts.filter(({ stage }) => stage === 'comments');
  return keepInPlace ? [] : inOneStatement('comments', comments);
}

/** Other names of indexes: they need no lock on a table. Where one steps aside for another that is made at once, all is done at once. */
function quietRenames({ keepInPlace }: Case, acts: readonly Act[]): readonly Act[] {
  const renames = acts.filter(({ sql }) => sql.startsWith('ALTER INDEX '));
  return keepInPlace || renames.some(({ sql }) => sql.includes('_before_adoption')) ? [] : renames;
}

function inOneStatement(about: string, acts: readonly Pick<Act, 'sql' | 'undo'>[]): readonly LaterStep[] {
  if (acts.length === 0) return [];
  const body = ['BEGIN', ...acts.map(({ sql }) => `  ${sql};`), 'END'].join('\n');
  return [{ about, sql: `DO ${sqlLiteral(body)}`, undo: acts.toReversed().flatMap(({ undo }) => undo) }];
}

function foreignKeysLast(later: readonly LaterStep[]): readonly LaterStep[] {
  const keys = new Set(
    later.flatMap(({ about, sql }) => (/ ADD CONSTRAINT ("[^"]*")+ FOREIGN KEY /.test(sql) ? [about] : [])),
  );
  return later.toSorted((a, b) => Number(keys.has(a.about)) - Number(keys.has(b.about)));
}

/** Statements behind the transaction find tables that stay where they were. */
function inPlace(step: LaterStep, { target: { schema } }: Case, pairs: readonly Pair[]): LaterStep {
  const moved = pairs.filter(({ from }) => from !== schema);
  const here = (text: string) =>
    moved
      .reduce((sql, { target, from, live }) => sql.replaceAll(at(schema, target.name), () => at(from, live.name)), text)
      .replace(/^DROP INDEX IF EXISTS "[^"]*"\./, () => `DROP INDEX IF EXISTS ${q(moved[0]?.from ?? schema)}.`);
  return { ...step, sql: here(step.sql), undo: step.undo.map(here) };
}

function adoptedTable({ target, live, from }: Pair, retyped: ReadonlyMap<string, string>): AdoptedTable {
  const was = live.columns.flatMap(({ name }) => {
    const expression = retyped.get(`${target.name}.${name}`);
    return expression === undefined ? [] : [[name, expression] as const];
  });
  return {
    name: target.name,
    from,
    legacyName: live.name,
    columns: Object.fromEntries(live.columns.map(({ name, type }) => [name, type])),
    asBefore: Object.fromEntries(was),
  };
}

/** What is in the schema that is adopted from, and is not the domain's. */
function unmanagedOf(given: Case, pairs: readonly Pair[]): readonly string[] {
  const { live, own } = given;
  const taken = new Set(pairs.map((pair) => pair.live.oid));
  const kinds = { r: 'table', p: 'table', v: 'view', m: 'materialized view', f: 'foreign table' } as const;
  const declared = new Set(given.target.relations.map(({ name }) => name));
  const ours = live.schema === own.schema;
  return [
    ...live.relations
      .filter(
        ({ oid, partitionBound, name }) => !taken.has(oid) && partitionBound === null && !(ours && declared.has(name)),
      )
      .map(({ kind, name }) => `${kinds[kind]} ${live.schema}.${name}`),
    ...live.types
      .filter(({ name }) => !given.target.types.some((one) => one.name === name))
      .map(({ name }) => `type ${live.schema}.${name}`),
    ...live.functions
      .filter(({ identity }) => !(ours && given.target.functions.some((one) => one.identity === identity)))
      .map(({ identity }) => `function ${live.schema}.${identity}`),
    ...live.sequences.filter(({ ownedBy }) => ownedBy === null).map(({ name }) => `sequence ${live.schema}.${name}`),
  ];
}
