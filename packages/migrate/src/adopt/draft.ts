import type { TableMapping } from './mapping.ts';
import type { RelationModel, SchemaModel } from './model.ts';
import type { Act, Fill, Kept, LaterStep, ObjectState, Question, Stage, TypeSwap, Waiting } from './plan.ts';
import type { Referrer } from './referrers.ts';

/** Answers of counting queries, by their text. */
export type Facts = ReadonlyMap<string, number>;

/** Everything that a plan is made of. */
export interface Case {
  readonly phase: 'adopt' | 'finish';
  /** The declared schema, as a point of its history gives it. */
  readonly target: SchemaModel;
  /** The schema that is adopted from. At `finish`, and where the tables lie in the domain's schema already: that one. */
  readonly live: SchemaModel;
  /** What the domain's schema holds already; equal to `live` where that is the domain's. */
  readonly own: SchemaModel;
  readonly mapping: Readonly<Record<string, TableMapping>>;
  readonly facts: Facts;
  readonly decisions: Readonly<Record<string, string>>;
  readonly surroundings: Surroundings;
  /** The tables stay where they are, and the domain's schema gets views. */
  readonly keepInPlace: boolean;
  /** At `finish`: views under the old names. */
  readonly oldNames: readonly OldName[];
}

export interface OldName {
  readonly schema: string;
  readonly name: string;
}

/** What stands around the tables that are adopted. */
export interface Surroundings {
  readonly database: string;
  readonly user: string;
  /** Views of any schema but the system's. */
  readonly dependents: readonly DependentView[];
  readonly roles: readonly RoleModel[];
  /** Texts in which a qualified or moved name may stand: functions, and statements that the server remembers. */
  readonly texts: readonly { readonly of: string; readonly text: string }[];
  /** Foreign keys of all tables. */
  readonly referrers: readonly Referrer[];
  /** Other sessions in this database, by role and application. */
  readonly sessions: readonly string[];
}

export interface RoleModel {
  readonly name: string;
  readonly canLogin: boolean;
  /** search_path as new sessions of it get it here. */
  readonly path: string;
  /** As it is set for the role in this database. NULL: it is not. */
  readonly ownPath: string | null;
  /** Roles whose privileges it has by being in them. */
  readonly memberOf: readonly string[];
  /** Whether we may set it. */
  readonly alterable: boolean;
}

/** A view that must go while the type of a column that it reads is changed, and comes back as it was. */
export interface DependentView {
  /** Qualified and quoted. */
  readonly name: string;
  readonly oid: string;
  /** Statements that make it again, with owner, privileges and comments. */
  readonly create: readonly string[];
  /** The query alone. */
  readonly text: string;
  readonly kind: 'v' | 'm';
  /** Columns that it reads itself: oid of a table or view, name. */
  readonly reads: readonly { readonly oid: string; readonly column: string }[];
}

/** A declared table and what the database has of it. */
export interface Pair {
  readonly target: RelationModel;
  readonly live: RelationModel;
  /** Schema in which it lies now. */
  readonly from: string;
  readonly mapping: TableMapping;
  /** True: no row in it. */
  readonly empty: boolean;
}

/** A plan while it grows. */
export interface Draft {
  readonly objects: ObjectState[];
  readonly acts: Act[];
  readonly fills: Fill[];
  readonly later: LaterStep[];
  readonly retained: Kept[];
  readonly waiting: Waiting[];
  readonly questions: Question[];
  readonly notes: string[];
  /** Indexes and constraints that get another name. */
  readonly renames: Rename[];
  /** Declared names of indexes and keys → the name, today, of the one that bears it from then on. NULL: one that is made. */
  readonly claims: Map<string, string | null>;
  /** What is planned once all tables were looked at: foreign keys. */
  readonly postponed: (() => void)[];
  /** Rows that leave a table, with the reason, before the plan is made for the last time. */
  readonly leaving: Leaving[];
  /** Queries whose answers the plan would need. */
  readonly asks: Set<string>;
  /** Columns that get another type: `<table>.<column>` → the value as it was. */
  readonly retyped: Map<string, string>;
  /** Changes of types, by table: one statement each. */
  readonly retypes: Map<Pair, Retype[]>;
  readonly swaps: TypeSwap[];
}

/** A change of a name within the domain's schema. */
export interface Rename {
  readonly kind: 'index' | 'constraint';
  /** Declared name of its table. */
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

/** Rows that go to a table's quarantine. */
export interface Leaving {
  readonly table: string;
  /** What they are in the way of, as it waits where they stay. */
  readonly object: string;
  readonly reason: string;
  /** A condition over the table `t`. */
  readonly where: string;
}

/** A column that gets another type. */
export interface Retype {
  readonly column: string;
  /** The type that it has. */
  readonly from: string;
  readonly type: string;
  /** That it has, and keeps. NULL: the type's own. */
  readonly collation: string | null;
  /** NULL: only the catalog changes. */
  readonly using: string | null;
  /** Its default, where that is said anew with the type. NULL: it goes along as it is. */
  readonly default: string | null;
  /** Parts of ALTER TABLE, there and back. */
  readonly forth: readonly string[];
  readonly back: readonly string[];
  /** The value as it was, for definitions that were written for the old type. NULL: they go with the new one, too. */
  readonly was: string | null;
  /** Its new type, where that is an enum. NULL: it is none. */
  readonly label: string | null;
  /** Whether values of the old and the new type can be compared, as a foreign key does. */
  readonly comparable: boolean;
}

export function createDraft(): Draft {
  return {
    objects: [],
    acts: [],
    fills: [],
    later: [],
    retained: [],
    waiting: [],
    questions: [],
    notes: [],
    renames: [],
    claims: new Map(),
    postponed: [],
    leaving: [],
    asks: new Set(),
    retyped: new Map(),
    retypes: new Map(),
    swaps: [],
  };
}

/** The answer to a counting query; 0 until it is known, and then the plan is made again. */
export function count({ facts }: Pick<Case, 'facts'>, draft: Draft, query: string): number {
  const known = facts.get(query);
  if (known === undefined) draft.asks.add(query);
  return known ?? 0;
}

export function act(draft: Draft, stage: Stage, about: string, sql: string, ...undo: readonly string[]): void {
  draft.acts.push({ stage, about, sql, undo, early: false });
}

/** The same for what touches nothing that was found. */
export function early(draft: Draft, stage: Stage, about: string, sql: string, ...undo: readonly string[]): void {
  draft.acts.push({ stage, about, sql, undo, early: true });
}

export function state(draft: Draft, object: string, is: ObjectState['state'], how: string | null = null): void {
  draft.objects.push({ object, state: is, how });
}

/** Puts a tightening off, where the mapping, a decision or rows say so. True: it waits. */
export function waits(
  given: Case,
  draft: Draft,
  { mapping, target }: Pair,
  {
    key,
    object,
    rows,
    where,
  }: { readonly key: string; readonly object: string; readonly rows: number; readonly where?: string | undefined },
): boolean {
  const why = given.phase === 'adopt' ? mapping.waits?.[key] : undefined;
  const decided = given.decisions[`${target.name}.${key}`];
  if (rows === 0 && (decided === 'now' || (why === undefined && decided !== 'wait'))) return false;
  const because = why ?? (rows > 0 ? 'rows are in its way' : 'so decided');
  draft.waiting.push({ object, why: because, rows });
  if (rows === 0 || given.phase === 'adopt') return true;
  if (where === undefined || decided !== 'quarantine') askAboutRows(draft, target.name, key, rows);
  else draft.leaving.push({ table: target.name, object, reason: `in the way of ${key}`, where });
  return true;
}

function askAboutRows(draft: Draft, table: string, key: string, rows: number): void {
  draft.questions.push({
    id: `${table}.${key}`,
    asks: `${rows} rows of ${table} do not allow ${key}`,
    answers: ['wait', 'quarantine'],
    lossless: 'wait',
  });
}
