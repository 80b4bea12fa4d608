import type { ColumnModel, ColumnType, Model, TableModel } from './model.ts';

/** One step of an evolution: what to do, and numbers by which it picks whereon. */
export interface Step {
  readonly does: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** A rename that the catalogs cannot know, as drizzle-kit's hint. */
export type Renamed = {
  readonly type: 'rename';
  readonly kind: 'table' | 'column';
  readonly from: readonly string[];
  readonly to: readonly string[];
};

export interface Evolved {
  readonly model: Model;
  readonly renames: readonly Renamed[];
}

/** The model after some steps. A step that does not fit the model does nothing. `number` makes the names of what is new. */
export function evolve(model: Model, steps: readonly Step[], number: number): Evolved {
  let next: Evolved = { model, renames: [] };
  for (const [place, step] of steps.entries()) {
    const does: Does = STEPS[step.does] ?? same;
    const done = does(next.model, step, `${number}_${place}`);
    // One rename an evolution: chains of them are questions of their own.
    if (done.renames.length > 0 && next.renames.length > 0) continue;
    next = { model: tidy(done.model), renames: [...next.renames, ...done.renames] };
  }
  return next;
}

const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % Math.max(list.length, 1)];

const TYPES: readonly ColumnType[] = [
  'integer',
  'bigint',
  'text',
  'varchar',
  'numeric',
  'boolean',
  'timestamptz',
  'jsonb',
  'uuid',
];

function column(model: Model, name: string, { a, b, c }: Step): ColumnModel {
  const types: readonly ColumnType[] = [...TYPES, ...model.enums.map((one) => `enum:${one.name}` as const)];
  const hasDefault = c % 2 === 0;
  return {
    name,
    type: pick(types, a) ?? 'text',
    notNull: hasDefault && b % 3 === 0,
    hasDefault,
    comment: c % 5 === 0 ? `of ${name}` : null,
  };
}

type Does = (model: Model, step: Step, name: string) => Evolved;
const same = (model: Model): Evolved => ({ model, renames: [] });
const withTable = (model: Model, table: TableModel): Model => ({
  ...model,
  tables: model.tables.map((one) => (one.name === table.name ? table : one)),
});

/** Changes a table that the step picks; NULL: nothing fits. */
const onTable =
  (change: (table: TableModel, step: Step, name: string, model: Model) => TableModel | null): Does =>
  (model, step, name) => {
    const table = pick(model.tables, step.a);
    const changed = table === undefined ? null : change(table, step, name, model);
    return same(changed === null ? model : withTable(model, changed));
  };

const onColumn = (
  change: (one: ColumnModel, step: Step, model: Model, table: TableModel) => ColumnModel | null,
): Does =>
  onTable((table, step, _, model) => {
    const free = table.columns.filter(({ name }) => !table.key.includes(name));
    const found = pick(free, step.b);
    const changed = found === undefined ? null : change(found, step, model, table);
    return changed === null ? null : { ...table, columns: table.columns.map((one) => (one === found ? changed : one)) };
  });

const numbers = (table: TableModel) =>
  table.columns.filter(({ type }) => ['integer', 'bigint', 'numeric'].includes(type));
const plain = (table: TableModel) => table.columns.filter(({ type }) => type !== 'jsonb');

/** What a type may become without a loss, or with one that is a cast. */
const WIDER: Readonly<Record<string, ColumnType>> = {
  integer: 'bigint',
  bigint: 'numeric',
  varchar: 'text',
  boolean: 'text',
  uuid: 'text',
  text: 'varchar',
};

export const STEPS: Readonly<Record<string, Does>> = {
  addEnum: (model, { a }, name) =>
    same({
      ...model,
      enums: [...model.enums, { name: `mood_${name}`, labels: a % 2 === 0 ? ['bad', 'good'] : ["it's", 'b c'] }],
    }),
  addLabel: (model, { a }, name) => {
    const found = pick(model.enums, a);
    return same({
      ...model,
      enums: model.enums.map((one) => (one === found ? { ...one, labels: [...one.labels, `label_${name}`] } : one)),
    });
  },
  addTable: (model, step, name) => {
    const id: ColumnModel = {
      name: 'id',
      type: step.b % 2 === 0 ? 'integer' : 'uuid',
      notNull: true,
      hasDefault: false,
      comment: null,
    };
    const table: TableModel = {
      name: `t_${name}`,
      columns: [id, column(model, `c_${name}`, step)],
      key: ['id'],
      checks: [],
      uniques: [],
      indexes: [],
      references: [],
      trigger: false,
      comment: step.c % 2 === 0 ? `rows of ${name}` : null,
    };
    return same({ ...model, tables: [...model.tables, table] });
  },
  dropTable: (model, { a }) =>
    model.tables.length < 3
      ? same(model)
      : same({ ...model, tables: model.tables.filter((table) => table !== pick(model.tables, a)) }),
  renameTable: (model, { a }, name) => {
    const found = pick(model.tables, a);
    if (found === undefined) return same(model);
    const to = `r_${name}`;
    const renamed = (table: string) => (table === found.name ? to : table);
    const tables = model.tables.map((table) => ({
      ...table,
      name: renamed(table.name),
      references: table.references.map((one) => ({ ...one, table: renamed(one.table) })),
    }));
    const views = model.views.map((view) => ({ ...view, table: renamed(view.table) }));
    return {
      model: { ...model, tables, views },
      renames: [{ type: 'rename', kind: 'table', from: ['shop', found.name], to: ['shop', to] }],
    };
  },
  addColumn: onTable((table, step, name, model) => ({
    ...table,
    columns: [...table.columns, column(model, `c_${name}`, { ...step, a: step.b })],
  })),
  dropColumn: onTable((table, { b }) => {
    const gone = pick(
      table.columns.filter(({ name }) => !table.key.includes(name)),
      b,
    );
    return gone === undefined ? null : { ...table, columns: table.columns.filter((one) => one !== gone) };
  }),
  renameColumn: (model, { a, b }, name) => {
    const table = pick(model.tables, a);
    const found =
      table &&
      pick(
        table.columns.filter((one) => !table.key.includes(one.name)),
        b,
      );
    if (table === undefined || found === undefined) return same(model);
    const to = `n_${name}`;
    const of = (one: string) => (one === found.name ? to : one);
    const changed: TableModel = {
      ...table,
      columns: table.columns.map((one) => ({ ...one, name: of(one.name) })),
      checks: table.checks.map((one) => ({ ...one, column: of(one.column) })),
      uniques: table.uniques.map((one) => ({ ...one, columns: one.columns.map(of) })),
      indexes: table.indexes.map((one) => ({
        ...one,
        columns: one.columns.map(of),
        include: one.include === null ? null : of(one.include),
      })),
      references: table.references.map((one) => ({ ...one, column: of(one.column) })),
    };
    const views = model.views.map((view) =>
      view.table === table.name ? { ...view, columns: view.columns.map(of) } : view,
    );
    return {
      model: { ...withTable(model, changed), views },
      renames: [
        { type: 'rename', kind: 'column', from: ['shop', table.name, found.name], to: ['shop', table.name, to] },
      ],
    };
  },
  changeType: onColumn((one, _step, _model, table) => {
    const to = WIDER[one.type];
    const isReferring = table.references.some(({ column: name }) => name === one.name);
    const isChecked = table.checks.some(({ column: name }) => name === one.name);
    return to === undefined || isReferring || (isChecked && (to === 'text' || to === 'varchar'))
      ? null
      : { ...one, type: to, hasDefault: false };
  }),
  flipNotNull: onColumn((one, _step, _model, table) =>
    table.references.some(({ column: name }) => name === one.name) ? null : { ...one, notNull: !one.notNull },
  ),
  flipDefault: onColumn((one) => ({ ...one, hasDefault: !one.hasDefault })),
  addCheck: onTable((table, { b, c }, name) => {
    const on = pick(numbers(table), b);
    return on === undefined
      ? null
      : { ...table, checks: [...table.checks, { name: `k_${name}_check`, column: on.name, atLeast: -(c % 5) }] };
  }),
  dropCheck: onTable((table, { b }) => ({
    ...table,
    checks: table.checks.filter((one) => one !== pick(table.checks, b)),
  })),
  addUnique: onTable((table, { b, c }, name) => {
    const free = plain(table).filter(
      (one) => one.name !== 'id' && one.type !== 'boolean' && !one.type.startsWith('enum'),
    );
    const on = pick(free, b);
    const columns = [...(on === undefined ? [] : [on.name]), ...(c % 2 === 0 ? ['id'] : [])];
    // CREATE TABLE makes one of two that are equal.
    if (on === undefined || table.uniques.some((one) => `${one.columns}` === `${columns}`)) return null;
    return { ...table, uniques: [...table.uniques, { name: `u_${name}_key`, columns, nullsEqual: c % 3 === 0 }] };
  }),
  dropUnique: onTable((table, { b }) => ({
    ...table,
    uniques: table.uniques.filter((one) => one !== pick(table.uniques, b)),
  })),
  addIndex: onTable((table, { b, c }, name) => {
    const on = pick(plain(table), b);
    if (on === undefined) return null;
    const include = c % 4 === 0 && on.name !== 'id' ? 'id' : null;
    return {
      ...table,
      indexes: [
        ...table.indexes,
        {
          name: `i_${name}`,
          columns: [on.name],
          unique: false,
          descending: c % 2 === 0 && include === null,
          partial: c % 3 === 0 && include === null,
          include,
        },
      ],
    };
  }),
  dropIndex: onTable((table, { b }) => ({
    ...table,
    indexes: table.indexes.filter((one) => one !== pick(table.indexes, b)),
  })),
  addReference: (model, { a, b, c }, name) => {
    const [from, to] = [pick(model.tables, a), pick(model.tables, b)];
    const type = to?.columns.find((one) => one.name === 'id')?.type;
    if (from === undefined || to === undefined || type === undefined) return same(model);
    const onDelete = pick(['cascade', 'set null', 'no action'] as const, c) ?? 'cascade';
    const added: ColumnModel = { name: `f_${name}`, type, notNull: false, hasDefault: false, comment: null };
    return same(
      withTable(model, {
        ...from,
        columns: [...from.columns, added],
        references: [...from.references, { column: added.name, table: to.name, onDelete }],
      }),
    );
  },
  dropReference: onTable((table, { b }) => ({
    ...table,
    references: table.references.filter((one) => one !== pick(table.references, b)),
  })),
  flipTrigger: onTable((table) => ({ ...table, trigger: !table.trigger })),
  commentTable: onTable((table, { c }) => ({ ...table, comment: c % 3 === 0 ? null : `it's ${c}` })),
  commentColumn: onColumn((one, { c }) => ({ ...one, comment: c % 3 === 0 ? null : `column ${c}` })),
  addView: (model, { a, b, c }, name) => {
    const table = pick(model.tables, a);
    if (table === undefined) return same(model);
    const more = pick(
      table.columns.filter((one) => one.name !== 'id'),
      b,
    );
    return same({
      ...model,
      views: [
        ...model.views,
        {
          name: `v_${name}`,
          table: table.name,
          columns: ['id', ...(more === undefined ? [] : [more.name])],
          materialized: c % 3 === 0,
          comment: c % 2 === 0 ? `view ${name}` : null,
        },
      ],
    });
  },
  dropView: (model, { a }) => same({ ...model, views: model.views.filter((view) => view !== pick(model.views, a)) }),
  changeView: (model, { a, b }) => {
    const view = pick(model.views, a);
    const table = model.tables.find((one) => one.name === view?.table);
    if (view === undefined || table === undefined) return same(model);
    const columns = table.columns.map((one) => one.name).slice(0, 1 + (b % table.columns.length));
    return same({ ...model, views: model.views.map((one) => (one === view ? { ...view, columns } : one)) });
  },
};

/** Takes away what names something that is gone. */
function tidy(model: Model): Model {
  const tables = model.tables.map((table) => {
    const has = (name: string) => table.columns.some((one) => one.name === name);
    return {
      ...table,
      checks: table.checks.filter((one) => has(one.column)),
      uniques: table.uniques.filter((one) => one.columns.every(has)),
      indexes: table.indexes.filter((one) => one.columns.every(has) && (one.include === null || has(one.include))),
      references: table.references.filter(
        (one) => has(one.column) && model.tables.some((other) => other.name === one.table),
      ),
    };
  });
  const views = model.views
    .map((view) => ({
      ...view,
      columns: view.columns.filter((name) =>
        tables.find((table) => table.name === view.table)?.columns.some((one) => one.name === name),
      ),
    }))
    .filter(({ columns }) => columns.length > 0);
  return { ...model, tables, views };
}
