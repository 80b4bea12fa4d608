import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  type PgColumnBuilder,
  type PgTable,
  pgSchema,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { comment, index as objectIndex, type SqlObject, sqlFunction, trigger } from '../../src/config.ts';
import type { ColumnModel, Model, TableModel } from './model.ts';

/** A model as a Drizzle schema and objects, as its author would have written them. */
export function declare(model: Model): {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly objects: readonly SqlObject[];
} {
  const shop = pgSchema('shop');
  const enums = new Map(
    model.enums.map(({ name, labels }) => [name, shop.enum(name, labels as [string, ...string[]])]),
  );
  const tables = new Map<string, PgTable & Record<string, AnyPgColumn>>();
  for (const table of model.tables) {
    const columns = Object.fromEntries(table.columns.map((column) => [column.name, build(column, table, enums)]));
    const declared = shop.table(
      table.name,
      columns,
      (t) => extras(table, t as unknown as Record<string, AnyPgColumn>, tables) as never,
    );
    tables.set(table.name, declared as unknown as PgTable & Record<string, AnyPgColumn>);
  }
  const views = new Map(model.views.map((view) => [view.name, viewOf(shop, view)]));
  return {
    schema: { shop, ...named('e', enums), ...named('t', tables), ...named('v', views) },
    objects: [
      ...model.tables.flatMap((table) => objectsOf(table, tables.get(table.name))),
      ...model.views.flatMap((view) =>
        view.comment === null ? [] : [comment(views.get(view.name) as never, view.comment)],
      ),
    ],
  };
}

const named = (prefix: string, map: ReadonlyMap<string, unknown>) =>
  Object.fromEntries([...map].map(([name, value]) => [`${prefix}_${name}`, value]));

function build(
  column: ColumnModel,
  table: TableModel,
  enums: ReadonlyMap<string, { (name: string): unknown; readonly enumValues: readonly string[] }>,
): PgColumnBuilder {
  const { name, type, notNull, hasDefault } = column;
  const label = type.startsWith('enum:') ? enums.get(type.slice(5)) : undefined;
  const plain = {
    integer: () => integer(name),
    bigint: () => bigint(name, { mode: 'number' }),
    text: () => text(name),
    varchar: () => varchar(name, { length: 80 }),
    numeric: () => numeric(name, { precision: 12, scale: 2 }),
    boolean: () => boolean(name),
    timestamptz: () => timestamp(name, { withTimezone: true }),
    jsonb: () => jsonb(name),
    uuid: () => uuid(name),
  }[type as 'text'];
  const built = (label === undefined ? plain?.() : label(name)) as ReturnType<typeof text>;
  const defaults: Readonly<Record<string, unknown>> = {
    integer: 7,
    bigint: 8,
    text: "it's",
    varchar: 'a b',
    numeric: '1.50',
    boolean: true,
    timestamptz: sql`now()`,
    jsonb: { a: "it's" },
    uuid: sql`gen_random_uuid()`,
  };
  const value = label === undefined ? defaults[type] : label.enumValues[0];
  const withDefault = hasDefault ? built.default(value as string) : built;
  const withNull = notNull ? withDefault.notNull() : withDefault;
  return table.key.includes(name) ? withNull.primaryKey() : withNull;
}

function extras(
  table: TableModel,
  t: Readonly<Record<string, AnyPgColumn>>,
  tables: ReadonlyMap<string, Record<string, AnyPgColumn>>,
): readonly unknown[] {
  const of = (name: string) => t[name] as AnyPgColumn;
  return [
    ...table.checks.map(({ name, column, atLeast }) => check(name, sql`${of(column)} >= ${sql.raw(String(atLeast))}`)),
    ...table.uniques.map(({ name, columns, nullsEqual }) => {
      const [first, ...rest] = columns.map(of);
      const built = unique(name).on(first as AnyPgColumn, ...rest);
      return nullsEqual ? built.nullsNotDistinct() : built;
    }),
    ...table.indexes
      .filter(({ include }) => include === null)
      .map(({ name, columns, descending, partial }) => {
        const [first] = columns.map(of);
        const on = index(name).on(
          descending ? (first as unknown as { desc(): { nullsFirst(): never } }).desc().nullsFirst() : (first as never),
        );
        return partial ? on.where(sql`${first} IS NOT NULL`) : on;
      }),
    ...table.references.map(({ column, table: other, onDelete }) =>
      foreignKey({
        name: `${column}_fkey`,
        columns: [of(column)],
        foreignColumns: [(other === table.name ? t : (tables.get(other) ?? t))['id'] as AnyPgColumn],
      } as never).onDelete(onDelete),
    ),
  ];
}

function viewOf(shop: ReturnType<typeof pgSchema>, { name, table, columns, materialized }: Model['views'][number]) {
  const query = sql.raw(`SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM "shop"."${table}"`);
  const shape = Object.fromEntries(columns.map((column) => [column, text(column)]));
  return materialized ? shop.materializedView(name, shape).as(query) : shop.view(name, shape).as(query);
}

function objectsOf(
  model: TableModel,
  table: (PgTable & Record<string, AnyPgColumn>) | undefined,
): readonly SqlObject[] {
  if (table === undefined) return [];
  const { name } = model;
  return [
    ...(model.comment === null ? [] : [comment(table, model.comment)]),
    ...model.columns.flatMap((column) =>
      column.comment === null ? [] : [comment(table[column.name] as AnyPgColumn, column.comment)],
    ),
    ...model.indexes.flatMap((one) =>
      one.include === null
        ? []
        : [
            objectIndex({
              name: one.name,
              on: table,
              columns: one.columns.map((column) => table[column] as AnyPgColumn),
              include: [table[one.include] as AnyPgColumn],
            }),
          ],
    ),
    ...(model.trigger
      ? [
          sqlFunction({
            schema: 'shop',
            name: `touch_${name}`,
            returns: 'trigger',
            language: 'plpgsql',
            body: ' BEGIN RETURN NEW; END ',
          }),
          trigger({ name: `touch_${name}`, on: table, fires: 'BEFORE UPDATE', execute: `shop.touch_${name}()` }),
        ]
      : []),
  ];
}
