import { keyOf, type Name } from '../name.ts';
import type { ColumnFacts, ConstraintFacts } from '../read/action.ts';

/** A table, view or materialized view as the statements before made it. */
export interface KnownTable {
  readonly name: Name;
  readonly kind: 'table' | 'view' | 'matview';
  /** The file that made it. */
  readonly file: string;
  readonly partitioned: boolean;
  readonly partitionOf: Name | null;
  readonly isDefault: boolean;
  /** Some of its columns are not known: LIKE, INHERITS, AS SELECT. */
  readonly inherits: boolean;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  readonly constraints: readonly KnownConstraint[];
  readonly policies: readonly string[];
  readonly rowSecurity: boolean;
}

export interface KnownConstraint extends ConstraintFacts {
  readonly name: string;
  /** The file that added it. */
  readonly file: string;
}

export interface KnownIndex {
  readonly name: Name;
  readonly table: Name;
  /** Its key; NULL for an expression. */
  readonly columns: readonly (string | null)[];
  readonly unique: boolean;
  readonly partial: boolean;
  readonly method: string;
}

export interface KnownFunction {
  readonly name: Name;
  readonly body: string;
  readonly volatility: string;
}

/** What the statements so far have made, as far as their text tells it. What it does not know may still be there. */
export class Catalog {
  readonly #tables = new Map<string, KnownTable>();
  readonly indexes = new Map<string, KnownIndex>();
  readonly functions = new Map<string, KnownFunction>();
  /** Enum types: their file and values, with the file that added each. */
  readonly enums = new Map<string, { readonly file: string; readonly values: ReadonlyMap<string, string> }>();
  /** Schemas, and the file that made each. */
  readonly schemas = new Map<string, string>();

  /** By its name; where that has no schema and `public` has none of that name, the only one of that name. */
  table(name: Name): KnownTable | undefined {
    const found = this.#tables.get(keyOf(name));
    if (found !== undefined || name.schema !== null) return found;
    const sameName = [...this.#tables.values()].filter((table) => table.name.name === name.name);
    return sameName.length === 1 ? sameName[0] : undefined;
  }

  tables(): readonly KnownTable[] {
    return [...this.#tables.values()];
  }

  put(table: KnownTable): void {
    this.#tables.set(keyOf(table.name), table);
  }

  remove(name: Name): void {
    const table = this.table(name);
    if (table === undefined) return;
    this.#tables.delete(keyOf(table.name));
    for (const index of this.indexesOf(table.name)) this.indexes.delete(keyOf(index.name));
  }

  /** Puts a table with some facts changed; a table that is not known stays so. */
  change(name: Name, facts: (table: KnownTable) => Partial<KnownTable>): void {
    const table = this.table(name);
    if (table !== undefined) this.put({ ...table, ...facts(table) });
  }

  column(table: Name, column: string): ColumnFacts | undefined {
    return this.table(table)?.columns.get(column);
  }

  constraint(table: Name, name: string): KnownConstraint | undefined {
    return this.table(table)?.constraints.find((constraint) => constraint.name === name);
  }

  index(name: Name): KnownIndex | undefined {
    const found = this.indexes.get(keyOf(name));
    if (found !== undefined || name.schema !== null) return found;
    return [...this.indexes.values()].find((index) => index.name.name === name.name);
  }

  indexesOf(table: Name): readonly KnownIndex[] {
    const key = keyOf(this.table(table)?.name ?? table);
    // Names first: working out the key of every index is most of the time of a long history.
    const named = [...this.indexes.values()].filter((index) => index.table.name === table.name);
    return named.filter((index) => keyOf(this.table(index.table)?.name ?? index.table) === key);
  }

  partitionsOf(table: Name): readonly KnownTable[] {
    const key = keyOf(this.table(table)?.name ?? table);
    return this.tables().filter(({ partitionOf }) => partitionOf !== null && keyOf(partitionOf) === key);
  }

  /** True where a validated constraint or the column itself says that it holds no null. */
  isNotNull(table: Name, column: string): boolean {
    const known = this.table(table);
    return (
      known?.columns.get(column)?.notNull === true ||
      known?.constraints.some(({ notNullOf, validated }) => notNullOf === column && validated) === true
    );
  }
}
