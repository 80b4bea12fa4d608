import { act, type Case, type DependentView, type Draft, type Pair } from './draft.ts';
import type { ConstraintModel, NamedDefinition } from './model.ts';
import { at, q } from './names.ts';

/** Changes the types of each table in one statement, so that it is written anew once at most. What reads the columns goes before and
 *  comes back as it was: views, policies, triggers, foreign keys. It happens before the tables move, so that their definitions still
 *  say the right names. */
export function planRetypes(given: Case, draft: Draft, pairs: readonly Pair[]): void {
  for (const [pair, parts] of draft.retypes) {
    const columns = parts.map(({ column }) => column);
    const table = at(pair.from, pair.live.name);
    const views = dependentsOf(given.surroundings.dependents, pair.live.oid, columns);
    const [gone, again] = aroundOf(pairs, pair, columns, views);
    const alter = (which: 'forth' | 'back') =>
      `ALTER TABLE ${table} ${parts.flatMap((part) => part[which]).join(', ')}`;
    act(
      draft,
      'retype',
      `column types of ${pair.target.name}`,
      [...gone, alter('forth'), ...again].join(';\n'),
      [...gone, alter('back'), ...again].join(';\n'),
    );
  }
  for (const pair of pairs)
    for (const key of pair.live.constraints) if (key.type === 'f') planForeignKey(draft, pairs, pair, key);
}

/** Statements that take away what reads the columns, and statements that bring it back. */
function aroundOf(
  pairs: readonly Pair[],
  pair: Pair,
  columns: readonly string[],
  views: readonly DependentView[],
): readonly [readonly string[], readonly string[]] {
  const gone = views
    .toReversed()
    .map((view) => `DROP ${view.kind === 'm' ? 'MATERIALIZED VIEW' : 'VIEW'} IF EXISTS ${view.name}`);
  const again = views.flatMap(({ create }) => create);
  const mentions = ({ definition }: NamedDefinition) => columns.some((column) => definition.includes(column));
  for (const other of pairs) {
    const table = at(other.from, other.live.name);
    const policies = other.live.policies.filter(
      (one) => mentions(one) && (other === pair || one.definition.includes(pair.live.name)),
    );
    for (const { name, definition } of policies) {
      gone.push(`DROP POLICY ${q(name)} ON ${table}`);
      again.unshift(`CREATE POLICY ${q(name)} ON ${table} ${definition}`);
    }
  }
  const table = at(pair.from, pair.live.name);
  // Only columns in UPDATE OF and in WHEN are read by the trigger itself.
  for (const one of pair.live.triggers.filter(
    (trigger) => / (UPDATE OF|WHEN \()/.test(trigger.definition) && mentions(trigger),
  )) {
    gone.push(`DROP TRIGGER ${q(one.name)} ON ${table}`);
    again.unshift(...definitionsOf(table, one));
  }
  return [gone, again];
}

const STATES = {
  ' DISABLED': 'DISABLE',
  ' ENABLED REPLICA': 'ENABLE REPLICA',
  ' ENABLED ALWAYS': 'ENABLE ALWAYS',
} as const;

/** A trigger's statements, with that of its state. */
export function definitionsOf(table: string, { name, definition }: NamedDefinition): readonly string[] {
  const found = Object.entries(STATES).find(([words]) => definition.endsWith(words));
  if (found === undefined) return [definition];
  return [definition.slice(0, -found[0].length), `ALTER TABLE ${table} ${found[1]} TRIGGER ${q(name)}`];
}

/** A foreign key between columns of which one changes first has no equality for a moment. */
function planForeignKey(draft: Draft, pairs: readonly Pair[], pair: Pair, key: ConstraintModel): void {
  const changes = (one: Pair | undefined, columns: readonly string[]) =>
    one !== undefined &&
    (draft.retypes.get(one) ?? []).some(({ column, comparable }) => !comparable && columns.includes(column));
  const parent = pairs.find(({ live }) => live.name === key.references || q(live.name) === key.references);
  if (!changes(pair, key.columns) && !changes(parent, key.referencesColumns)) return;
  const table = at(pair.from, pair.live.name);
  const object = `constraint ${pair.target.name} ${key.name}`;
  const add = `ALTER TABLE ${table} ADD CONSTRAINT ${q(key.name)} ${key.definition}`;
  const drop = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(key.name)}`;
  act(draft, 'loosen', object, drop, add);
  act(draft, 'refasten', object, add, drop);
}

/** The views that read one of the columns, and those that read them, in the order in which they can be made. */
function dependentsOf(
  all: readonly DependentView[],
  oid: string,
  columns: readonly string[],
): readonly DependentView[] {
  const taken = new Set<string>();
  const reads = (view: DependentView) =>
    view.reads.some((one) => (one.oid === oid && columns.includes(one.column)) || taken.has(one.oid));
  for (let before = -1; before < taken.size; ) {
    before = taken.size;
    for (const view of all) if (reads(view)) taken.add(view.oid);
  }
  const left = all.filter((view) => taken.has(view.oid));
  const ordered: DependentView[] = [];
  while (left.length > 0) {
    const next = left.findIndex(
      (view) => !view.reads.some((one) => left.some((other) => other !== view && other.oid === one.oid)),
    );
    ordered.push(...left.splice(Math.max(0, next), 1));
  }
  return ordered;
}
