import { act, type Case, count, type Draft, type Pair, state } from './draft.ts';
import type { RelationModel, SchemaModel } from './model.ts';
import { at, q } from './names.ts';
import { schemaAside } from './plan-strangers.ts';

const TABLES = new Set(['r', 'p']);
/** Below this share of declared columns a table of that name may be somebody else's. */
const SHARE_MIN = 0.5;

/** Finds for each declared table the one that the database has of it. Those without one are missing. */
export function matchTables(
  given: Case,
  draft: Draft,
): { readonly pairs: readonly Pair[]; readonly missing: readonly RelationModel[] } {
  const found = given.target.relations
    .filter(({ kind }) => TABLES.has(kind))
    .map((target) => ({ target, pair: pairOf(given, draft, target) }));
  return {
    pairs: found.flatMap(({ pair }) => (pair === null ? [] : [pair])),
    missing: found.flatMap(({ target, pair }) => (pair === null ? [target] : [])),
  };
}

function pairOf(given: Case, draft: Draft, target: RelationModel): Pair | null {
  const mapping = given.mapping[target.name] ?? {};
  const names = [target.name, ...(mapping.from ?? [])];
  const candidates = placesOf(given).flatMap((place) =>
    names.flatMap((name) =>
      place.relations.filter((one) => one.name === name && TABLES.has(one.kind)).map((live) => ({ live, place })),
    ),
  );
  const chosen = choose(given, draft, target, candidates);
  if (chosen === null) {
    noteView(given, draft, target);
    return null;
  }
  const { live, place } = chosen;
  const empty = count(given, draft, rowsOf(place.schema, live.name)) === 0;
  return { target, live: withTypesOf(given, place, live), from: place.schema, mapping, empty };
}

/** A table whose columns are of types that have a declared name, and stay where they are, says so: those are not the declared ones. */
function withTypesOf({ target, own }: Case, place: SchemaModel, live: RelationModel): RelationModel {
  if (place.schema === own.schema) return live;
  const is = (name: string, kind: string) => (one: { readonly name: string; readonly kind: string }) =>
    one.name === name && one.kind === kind;
  const stay = new Set(
    target.types
      .filter(({ name, kind }) => own.types.some(is(name, kind)) || !place.types.some(is(name, kind)))
      .flatMap(({ name }) => (place.types.some((one) => one.name === name) ? [name, q(name)] : [])),
  );
  const columns = live.columns.map((column) => {
    const bare = column.type.replace(/(\[\])+$/, '');
    return stay.has(bare) ? { ...column, type: `${q(place.schema)}.${column.type}` } : column;
  });
  return { ...live, columns };
}

/** Rows behind a view of that name are not those of the new table. */
function noteView({ live, phase }: Case, draft: Draft, { name }: RelationModel): void {
  const other = live.relations.find((one) => one.name === name && !TABLES.has(one.kind));
  if (other === undefined || phase === 'finish') return;
  const is = other.kind === 'f' ? 'a foreign table' : 'a view';
  draft.notes.push(
    `table ${name} is made without rows: ${live.schema}.${name} is ${is}, which stays, and so do the rows behind it`,
  );
}

/** `SELECT count(*)` that stops at the first row. */
export function rowsOf(schema: string, table: string): string {
  return `SELECT count(*) FROM (SELECT FROM ${at(schema, table)} LIMIT 1) AS one`;
}

interface Candidate {
  readonly live: RelationModel;
  readonly place: SchemaModel;
}

function placesOf({ own, live }: Case): readonly SchemaModel[] {
  return own.schema === live.schema ? [own] : [own, live];
}

function choose(given: Case, draft: Draft, target: RelationModel, all: readonly Candidate[]): Candidate | null {
  const ours = all.filter((one) => isOurs(given, draft, target, one.live));
  const chosen = ours.length > 1 ? oneOf(given, draft, target, ours) : ours[0];
  if (chosen === undefined) return null;
  for (const other of all.filter((one) => one !== chosen)) shelve(given, draft, other, chosen);
  return chosen;
}

/** Of several that could be it: the one with rows. Where two have rows somebody must say. */
function oneOf(given: Case, draft: Draft, target: RelationModel, ours: readonly Candidate[]): Candidate | undefined {
  const filled = ours.filter(({ live, place }) => count(given, draft, rowsOf(place.schema, live.name)) > 0);
  if (filled.length < 2) return filled[0] ?? ours[0];
  const id = `${target.name} lies in`;
  const names = filled.map(({ live, place }) => `${place.schema}.${live.name}`);
  draft.questions.push({
    id,
    asks: `${names.join(' and ')} both have rows: which one is ${target.name}? The other one is kept aside`,
    answers: names,
    lossless: null,
  });
  return filled.find((_, index) => names[index] === given.decisions[id]) ?? filled[0];
}

/** What bears the name in the domain's schema is moved aside, with its indexes and sequences; elsewhere it is in nobody's way. */
function shelve({ own }: Case, draft: Draft, { live, place }: Candidate, chosen: Candidate): void {
  if (place.schema !== own.schema || chosen.place.schema === own.schema) return;
  const aside = schemaAside(draft, own.schema);
  draft.retained.push({
    object: `table ${aside}.${live.name}`,
    why: `was ${own.schema}.${live.name}, which is not the one that is adopted`,
  });
  act(
    draft,
    'types',
    `table ${live.name}`,
    `ALTER TABLE ${at(own.schema, live.name)} SET SCHEMA ${q(aside)}`,
    `ALTER TABLE ${at(aside, live.name)} SET SCHEMA ${q(own.schema)}`,
  );
}

/** A table of a declared name that has few of the declared columns may be somebody else's: it is left alone unless somebody says so. */
function isOurs(given: Case, draft: Draft, target: RelationModel, live: RelationModel): boolean {
  const mapped = Object.entries(given.mapping[target.name]?.columns ?? {});
  const has = new Set(live.columns.map(({ name }) => name));
  const known = target.columns.filter(
    ({ name }) =>
      has.has(name) ||
      mapped.some(([column, { legacy = {} }]) => column === name && Object.keys(legacy).some((one) => has.has(one))),
  );
  const share = known.length / Math.max(1, target.columns.length);
  if (share >= SHARE_MIN) return true;
  const id = `${target.name} is ours`;
  draft.questions.push({
    id,
    asks: `${live.name} has ${known.length} of the ${target.columns.length} declared columns: is it the domain's table?`,
    answers: ['no', 'yes'],
    lossless: 'no',
  });
  if (given.decisions[id] === 'yes') return true;
  state(
    draft,
    `table ${target.name}`,
    'missing',
    `a table of that name with other columns is left alone (${share === 0 ? 'none' : 'few'} are declared)`,
  );
  draft.notes.push(`table ${target.name} is made without rows: a table of that name with other columns is left alone`);
  return false;
}
