import { quoteLiteral } from '../objects/quote.ts';
import { asItWas, asWritten, constantsOf } from './as-it-was.ts';
import type { Case, DependentView, Draft, Pair, Retype } from './draft.ts';
import type { ConstraintModel, IndexModel, NamedDefinition } from './model.ts';
import { at, isNamed, q } from './names.ts';
import { sameRule } from './same-rule.ts';

/** Statements that take away what reads the columns; that bring it back as it was; that bring it back over the new types. */
export interface Around {
  readonly gone: string[];
  readonly again: string[];
  readonly anew: string[];
}

/** One statement that changes the types of columns. */
export function alterTypes({ from, live }: Pair, parts: readonly Retype[], which: 'forth' | 'back'): string {
  return `ALTER TABLE ${at(from, live.name)} ${parts.flatMap((part) => part[which]).join(', ')}`;
}

/** What must go while columns change their types: checks and indexes that were written for the old ones, policies, triggers, views. */
export function aroundTypes(given: Case, pairs: readonly Pair[], retypes: Draft['retypes']): Around {
  const around: Around = { gone: [], again: [], anew: [] };
  for (const [pair, parts] of retypes) putRules(around, pair, parts);
  putReaders(around, given, pairs, retypes);
  return around;
}

/** The same without checks and indexes. */
export function readersOf(given: Case, pairs: readonly Pair[], retypes: Draft['retypes']): Around {
  const around: Around = { gone: [], again: [], anew: [] };
  putReaders(around, given, pairs, retypes);
  return around;
}

function putReaders(around: Around, given: Case, pairs: readonly Pair[], retypes: Draft['retypes']): void {
  for (const pair of pairs) putPolicies(around, retypes, pair);
  for (const [pair, parts] of retypes) putTriggers(around, pair, parts);
  putViews(given, retypes, around);
}

function put(
  around: Around,
  drop: string,
  create: (definition: string) => readonly string[],
  definition: string,
  parts: readonly Retype[],
): void {
  around.gone.push(drop);
  around.again.push(...create(asWritten(definition)));
  around.anew.push(...create(rewritten(definition, parts)));
}

/** Checks and indexes whose words were written for the old types. */
function putRules(around: Around, pair: Pair, parts: readonly Retype[]): void {
  const { live, from } = pair;
  const table = at(from, live.name);
  for (const { name, definition, comment, anew } of strangeChecks(pair, parts)) {
    const create = (text: string) => [
      `ALTER TABLE ${table} ADD CONSTRAINT ${q(name)} ${text}`,
      ...commentOn(`CONSTRAINT ${q(name)} ON ${table}`, comment),
    ];
    around.gone.push(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(name)}`);
    around.again.push(...create(asWritten(definition)));
    around.anew.push(...create(anew));
  }
  for (const { name, unique, definition, comment, anew } of strangeIndexes(pair, parts)) {
    const place = at(from, name);
    const create = (text: string) => [
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${q(name)} ON ${table}${text}`,
      ...commentOn(`INDEX ${place}`, comment),
    ];
    around.gone.push(`DROP INDEX IF EXISTS ${place}`);
    around.again.push(...create(asWritten(definition)));
    around.anew.push(...create(anew));
  }
}

function commentOn(object: string, comment: string | null): readonly string[] {
  return comment === null ? [] : [`COMMENT ON ${object} IS ${quoteLiteral(comment)}`];
}

/** Checks and indexes that were written for the old types: name → their words for the new ones. */
export function rulesAnew(pair: Pair, parts: readonly Retype[]): Readonly<Record<string, string>> {
  const strange = [...strangeChecks(pair, parts), ...strangeIndexes(pair, parts)];
  return Object.fromEntries(strange.map(({ name, anew }) => [name, anew] as const));
}

/** What a check or index of a table says once its columns have changed their types. */
export function definitionAnew(draft: Pick<Draft, 'retypes'>, pair: Pair, one: ConstraintModel | IndexModel): string {
  return rulesAnew(pair, draft.retypes.get(pair) ?? [])[one.name] ?? one.definition;
}

/** Whether it was written for the old types, or would be printed otherwise once they are back. */
function isOver({ definition }: Defined, parts: readonly Retype[]): boolean {
  const isOnceOnly = asWritten(definition) !== definition && parts.some(({ column }) => says(definition, column));
  return isOnceOnly || rewritten(definition, parts) !== definition;
}

type Anew<T> = T & { readonly anew: string };

function strangeChecks({ live, target }: Pair, parts: readonly Retype[]): readonly Anew<ConstraintModel>[] {
  return live.constraints.flatMap((one) => {
    if (one.type !== 'c' || !isOver(one, parts)) return [];
    const late = one.definition.endsWith(NOT_VALID) ? NOT_VALID : '';
    const declared = declaredAs(one, target.constraints)?.replace(NOT_VALID, '');
    return [{ ...one, anew: declared === undefined ? rewritten(one.definition, parts) : declared + late }];
  });
}

const NOT_VALID = ' NOT VALID';

function strangeIndexes({ live, target }: Pair, parts: readonly Retype[]): readonly Anew<IndexModel>[] {
  return live.indexes.flatMap((one) => {
    if (one.constraint !== null || !isExpression(one) || !isOver(one, parts)) return [];
    return [{ ...one, anew: declaredAs(one, target.indexes) ?? rewrittenIndex(one.definition, parts) }];
  });
}

interface Defined {
  readonly definition: string;
}

/** What is declared in the same words is right for the new types as it stands. */
function declaredAs({ definition }: Defined, declared: readonly Defined[]): string | undefined {
  const bare = (text: string) => text.replace(NOT_VALID, '');
  return declared.find((one) => sameRule(bare(one.definition), bare(definition)))?.definition;
}

function isExpression({ keys, predicate }: IndexModel): boolean {
  return predicate !== null || keys.some((key) => key.includes('('));
}

function rewritten(definition: string, parts: readonly Retype[]): string {
  return parts.reduce((text, { column, was }) => (was === null ? text : asItWas(text, column, was)), definition);
}

function rewrittenIndex(definition: string, parts: readonly Retype[]): string {
  const labels = parts.filter(({ label, column }) => label !== null && says(definition, column));
  const others = parts.filter((part) => !labels.includes(part));
  return labels.reduce(
    (text, { column, label, from }) => constantsOf(text, column, label ?? '', from),
    rewritten(definition, others),
  );
}

/** Policies of a table whose columns change, and those of others that look into it. */
function putPolicies(around: Around, retypes: Draft['retypes'], { live, from }: Pair): void {
  const table = at(from, live.name);
  for (const { name, definition } of live.policies) {
    const parts = [...retypes].flatMap(([pair, own]) =>
      pair.live === live || says(definition, pair.live.name)
        ? own.filter(({ column }) => says(definition, column))
        : [],
    );
    if (parts.length === 0) continue;
    const create = (text: string) => [`CREATE POLICY ${q(name)} ON ${table} ${text}`];
    put(around, `DROP POLICY IF EXISTS ${q(name)} ON ${table}`, create, definition, parts);
  }
}

/** Whether a name stands in a text, not as a part of another one. */
export function says(text: string, name: string): boolean {
  const places = text.split(name);
  return places.some((before, index) => {
    const after = places[index + 1];
    return after !== undefined && !/[\w]$/.test(before) && !/^[\w]/.test(after);
  });
}

/** Only columns in UPDATE OF and in WHEN are read by the trigger itself. */
function putTriggers(around: Around, { live, from }: Pair, parts: readonly Retype[]): void {
  const table = at(from, live.name);
  for (const one of live.triggers) {
    if (!/ (UPDATE OF|WHEN \()/.test(one.definition) || !parts.some(({ column }) => says(one.definition, column)))
      continue;
    const when = one.definition.indexOf(' WHEN (');
    // In front of WHEN columns are only named.
    const create = (text: string) =>
      definitionsOf(table, { ...one, definition: when < 0 ? one.definition : one.definition.slice(0, when) + text });
    const drop = `DROP TRIGGER IF EXISTS ${q(one.name)} ON ${table}`;
    put(around, drop, create, when < 0 ? '' : one.definition.slice(when), parts);
  }
}

function putViews({ surroundings, target }: Case, retypes: Draft['retypes'], around: Around): void {
  const changed = new Set(
    [...retypes].flatMap(([{ live }, parts]) => parts.map(({ column }) => `${live.oid} ${column}`)),
  );
  const parts = [...retypes].flatMap(([{ live }, own]) =>
    own.map((part) => ({ part, key: `${live.oid} ${part.column}` })),
  );
  const views = dependentsOf(surroundings.dependents, changed);
  const drops = views
    .toReversed()
    .map(({ kind, name }) => `DROP ${kind === 'm' ? 'MATERIALIZED VIEW' : 'VIEW'} IF EXISTS ${name}`);
  around.gone.unshift(...drops);
  around.again.push(
    ...views.flatMap(({ create, text }) =>
      create.map((sql, index) => (index === 0 ? withQuery(sql, text, asWritten(text)) : sql)),
    ),
  );
  for (const { name, create, text, reads } of views) {
    // The domain's own views are declared over the new types.
    const isOurs = target.relations.some((one) => isNamed(name, { schema: target.schema, name: one.name }));
    const own = parts.filter(({ key }) => reads.some(({ oid, column }) => key === `${oid} ${column}`));
    const query = isOurs
      ? text
      : rewritten(
          text,
          own.map(({ part }) => part),
        );
    around.anew.push(...create.map((sql, index) => (index === 0 ? withQuery(sql, text, query) : sql)));
  }
}

/** What makes a view, with another query in it. */
function withQuery(create: string, text: string, query: string): string {
  const start = create.lastIndexOf(text);
  return create.slice(0, start) + query + create.slice(start + text.length);
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

/** The views that read one of the columns, `<oid> <column>`, and those that read them, in the order in which they can be made. */
function dependentsOf(all: readonly DependentView[], columns: ReadonlySet<string>): readonly DependentView[] {
  const taken = new Set<string>();
  const reads = (view: DependentView) =>
    view.reads.some(({ oid, column }) => columns.has(`${oid} ${column}`) || taken.has(oid));
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
