import { quoteIdentifier } from '../../objects/quote.ts';
import type { ColumnFacts, RelationFacts } from '../facts.ts';
import { chosenName } from '../object-name.ts';
import type { Rebuilt } from '../rebuilt.ts';
import { quoted, type RelationName } from '../relation-name.ts';
import { withColumn } from './columns-in-sql.ts';
import type { TypeChange } from './type-change.ts';

/** A column that another one of the new type takes the place of, and the names of all that is there meanwhile. */
export interface SwappedColumn extends Rebuilt {
  readonly change: TypeChange;
  readonly facts: RelationFacts;
  readonly column: ColumnFacts;
  /** Names of the column until the swap, and of the old one after it. Unquoted. */
  readonly fresh: string;
  readonly old: string;
  /** The trigger and its function, which keep the new column equal. Quoted; the function with its schema. */
  readonly trigger: string;
  readonly sync: string;
  /** The new value, by the row. */
  readonly value: string;
  /** Keep the old column equal after the swap, as far as its type can hold the value, so that the swap can be undone. NULL: how the old
   *  value follows from the new one is not known. */
  readonly back: { readonly trigger: string; readonly sync: string } | null;
  /** False where the draft has dropped the default, or set another one that comes later. */
  readonly keepsDefault: boolean;
}

export function swappedColumn(
  change: TypeChange,
  facts: RelationFacts,
  column: ColumnFacts,
  keepsDefault: boolean,
): SwappedColumn {
  const { table } = change;
  const columns = new Set(facts.columns.map(({ name }) => name));
  const sync = chosenName(table.name, [change.column], 'sync', new Set());
  const back = chosenName(table.name, [change.column], 'back', new Set());
  const fresh = chosenName(change.column, [], 'new', columns);
  return {
    table,
    change,
    facts,
    column,
    alter: `ALTER TABLE ${quoted(table)}`,
    fresh,
    old: chosenName(change.column, [], 'old', columns),
    trigger: triggerNamed(sync),
    sync: quoted({ schema: table.schema, name: sync }),
    back: change.isPlainCast
      ? { trigger: triggerNamed(back), sync: quoted({ schema: table.schema, name: back }) }
      : null,
    value: change.using ?? quoteIdentifier(change.column),
    moved: (definition) => withColumn(definition, change.column, fresh),
    until: (name) => chosenName(name, [], 'new', new Set()),
    keepsDefault,
  };
}

/** Triggers run in the order of their names: this one sees what the others have made of the row. */
export function triggerNamed(name: string): string {
  return quoteIdentifier(chosenName('zz', [name], 'row', new Set()).replace(/_row$/, ''));
}

/** `name` in the schema of the table. */
export function beside({ schema }: RelationName, name: string): string {
  return quoted({ schema, name });
}
