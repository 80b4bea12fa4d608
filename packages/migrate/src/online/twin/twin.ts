import { quoteIdentifier } from '../../objects/quote.ts';
import type {
  ColumnFacts,
  ConstraintFacts,
  IncomingKey,
  IndexFacts,
  RelationFacts,
  StatisticsFacts,
} from '../facts.ts';
import { chosenName } from '../object-name.ts';
import type { Rebuilt } from '../rebuilt.ts';
import { quoted, type RelationName } from '../relation-name.ts';
import { withColumn } from '../retype/columns-in-sql.ts';
import { triggerNamed } from '../retype/swapped-column.ts';

/** A column that gets another name: both names are columns until the older build is gone. */
export interface TwinColumn {
  /** As it was. */
  readonly own: ColumnFacts;
  /** The new name. Unquoted. */
  readonly fresh: string;
}

/** The columns of one table that get other names, all that stands on them, and the names of what is there meanwhile. */
export interface Twin extends Rebuilt {
  readonly table: RelationName;
  readonly columns: readonly TwinColumn[];
  /** The trigger and its function, which keep each pair equal. Quoted; the function with its schema. */
  readonly trigger: string;
  readonly sync: string;
  /** Indexes, and the indexes of unique keys; both of a pair stand until the older build is gone, for its ON CONFLICT and its queries. */
  readonly indexes: readonly IndexFacts[];
  /** NULL: none of them is in it. */
  readonly primaryKey: TwinPrimaryKey | null;
  /** Unique keys. */
  readonly keys: readonly ConstraintFacts[];
  /** Checks and foreign keys, the draft's own definition where it writes them anew. */
  readonly rules: readonly TwinRule[];
  readonly incoming: readonly IncomingKey[];
  readonly statistics: readonly StatisticsFacts[];
  /** What an index or key is called once the draft is through, which may rename it. */
  readonly later: (name: string) => string;
}

export interface TwinPrimaryKey {
  readonly index: IndexFacts;
  readonly constraint: ConstraintFacts;
  /** Of the index by which the old columns stay unique, once the new ones have the key. */
  readonly meanwhile: string;
}

/** A check or foreign key. */
export interface TwinRule extends ConstraintFacts {
  /** Over the new names. NULL: the same as before. */
  readonly anew: string | null;
}

/** What the draft does to indexes and constraints of the table. */
export interface InDraft {
  /** Indexes and keys that it drops. */
  readonly dropped: ReadonlySet<string>;
  /** Old name → new name. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Constraint → its definition over the new names. */
  readonly anew: ReadonlyMap<string, string>;
}

export function twinOf(
  table: RelationName,
  facts: RelationFacts,
  columns: readonly TwinColumn[],
  draft: InDraft,
): Twin {
  const names = new Set(columns.map(({ own }) => own.name));
  const isOn = (one: { readonly columns: readonly string[] }) => one.columns.some((name) => names.has(name));
  const taken = new Set([...facts.indexes, ...facts.constraints].map(({ name }) => name));
  const sync = chosenName(
    table.name,
    columns.map(({ own }) => own.name),
    'twin',
    new Set(),
  );
  const constraints = facts.constraints.filter(isOn);
  const indexes = facts.indexes.filter(isOn).filter(({ name }) => !draft.dropped.has(name));
  const primary = constraints.find(({ kind }) => kind === 'primary key');
  const index = indexes.find(({ constraint }) => constraint !== null && constraint === primary?.name);
  return {
    table,
    columns,
    alter: `ALTER TABLE ${quoted(table)}`,
    trigger: triggerNamed(sync),
    sync: quoted({ schema: table.schema, name: sync }),
    until: (name) => chosenName(name, [], 'twin', taken),
    moved: (definition) => columns.reduce((text, { own, fresh }) => withColumn(text, own.name, fresh), definition),
    later: (name) => draft.renamed.get(name) ?? name,
    indexes: indexes.filter((one) => one !== index),
    primaryKey:
      primary === undefined || index === undefined
        ? null
        : { index, constraint: primary, meanwhile: chosenName(index.name, [], 'old', taken) },
    keys: constraints.filter(({ kind, name }) => kind === 'unique' && !draft.dropped.has(name)),
    rules: constraints
      .filter(({ kind }) => kind === 'check' || kind === 'foreign key')
      .map((rule) => ({ ...rule, anew: draft.anew.get(rule.name) ?? null })),
    incoming: facts.incoming.filter(isOn),
    statistics: facts.statistics.filter(isOn),
  };
}

/** The names of a pair, quoted: old and new. */
export function pairOf({ own, fresh }: TwinColumn): readonly [string, string] {
  return [quoteIdentifier(own.name), quoteIdentifier(fresh)];
}
