import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import type { Case } from './draft.ts';
import type { TableMapping } from './mapping.ts';
import type { ColumnModel, IndexModel, RelationModel, SchemaModel } from './model.ts';
import { planAdoption } from './plan-adoption.ts';

beforeAll(loadGrammar);

const column = (name: string, type = 'text', rest: Partial<ColumnModel> = {}): ColumnModel => ({
  ...{ name, type, typeKind: '', notNull: false, default: null, identity: '', generated: '', collation: null },
  ...{ compression: null, storage: null, statistics: null, comment: null, grants: [], sequence: null, holders: [] },
  ...rest,
});

const index = (name: string, on: string, unique = false): IndexModel => ({
  ...{ name, definition: ` USING btree (${on})`, unique, valid: true, keys: [on], predicate: null },
  ...{ nullsNotDistinct: false, constraint: null, comment: null },
});

const table = (name: string, columns: readonly ColumnModel[], rest: Partial<RelationModel> = {}): RelationModel => ({
  ...{
    oid: name,
    name,
    kind: 'r',
    owner: 'app',
    rows: 5,
    bytes: 100,
    totalBytes: 200,
    persistence: 'p',
    rowSecurity: false,
  },
  ...{
    forceRowSecurity: false,
    options: [],
    partitionKey: null,
    partitionBound: null,
    ofType: null,
    parents: [],
    viewDefinition: null,
  },
  ...{ comment: null, grants: [], columns, constraints: [], indexes: [], triggers: [], policies: [], rules: [] },
  ...rest,
});

const schema = (name: string, relations: readonly RelationModel[], exists = true): SchemaModel => ({
  ...{ schema: name, exists, serverVersion: 18, relations, sequences: [], types: [], functions: [], comment: null },
});

/** A case in which every table has rows, and no row is in the way of anything unless `rows` says so. */
function plan(
  target: RelationModel,
  live: RelationModel,
  mapping: TableMapping = {},
  rows: (query: string) => number = () => 0,
) {
  const given = (facts: Case['facts']): Case => ({
    ...{
      phase: 'adopt',
      target: schema('shop', [target]),
      live: schema('public', [live]),
      own: schema('shop', [], false),
    },
    ...{ mapping: { [target.name]: mapping }, facts, decisions: {}, keepInPlace: false, oldNames: [] },
    surroundings: { database: 'd', user: 'me', dependents: [], roles: [], texts: [], referrers: [], sessions: [] },
  });
  const facts = new Map<string, number>();
  for (;;) {
    const { plan: made, asks } = planAdoption(given(facts));
    if (asks.every((query) => facts.has(query))) return made;
    for (const query of asks) facts.set(query, / LIMIT 1\) AS one$/.test(query) ? 1 : rows(query));
  }
}

/** As PostgreSQL prints it. */
const primary = (name: string) => ({
  ...{ name: 't_pkey', type: 'p' as const, definition: `PRIMARY KEY (${name})`, columns: [name], validated: true },
  ...{ comment: null, references: null, referencesColumns: [] },
});

describe('what becomes of', () => {
  const states = (made: ReturnType<typeof plan>) =>
    Object.fromEntries(made.objects.map(({ object, state }) => [object, state]));

  test('an index under another name: it is renamed', () => {
    const made = plan(
      table('t', [column('a')], { indexes: [index('idx_t_a', 'a')] }),
      table('t', [column('a')], { indexes: [index('old', 'a')] }),
    );
    expect(states(made)['index idx_t_a']).toBe('renamed');
    expect(made.later[0]?.sql).toContain('ALTER INDEX "shop"."old" RENAME TO "idx_t_a"');
  });

  test('a column that must be given and is not declared: it takes NULL, and stays', () => {
    const made = plan(table('t', [column('a')]), table('t', [column('a'), column('b', 'text', { notNull: true })]));
    expect(made.acts.map(({ sql }) => sql)).toContain('ALTER TABLE "shop"."t" ALTER COLUMN "b" DROP NOT NULL');
    expect(made.retained.map(({ object }) => object)).toEqual(
      expect.arrayContaining(['column t.b', 'column t.b nullable']),
    );
  });

  test('NOT NULL with rows in its way: it waits', () => {
    const made = plan(table('t', [column('a', 'text', { notNull: true })]), table('t', [column('a')]), {}, () => 7);
    expect(made.waiting).toEqual([{ object: 'column t.a not null', why: 'rows are in its way', rows: 7 }]);
    expect(made.later).toEqual([]);
  });

  test('what the domain puts off: it waits also where no row is in its way', () => {
    const made = plan(table('t', [column('a', 'text', { notNull: true })]), table('t', [column('a')]), {
      waits: { 'a not null': 'old writers' },
    });
    expect(made.waiting).toEqual([{ object: 'column t.a not null', why: 'old writers', rows: 0 }]);
  });

  test('a unique index over duplicates: it waits, and none is built', () => {
    const made = plan(
      table('t', [column('a')], { indexes: [index('t_a', 'a', true)] }),
      table('t', [column('a')]),
      {},
      () => 2,
    );
    expect(made.waiting.map(({ object }) => object)).toEqual(['index t_a']);
    expect(made.later).toEqual([]);
  });

  test('a moment without a zone: somebody is asked, and nobody guesses', () => {
    const made = plan(
      table('t', [column('at', 'timestamp with time zone')]),
      table('t', [column('at', 'timestamp without time zone')]),
    );
    expect(made.questions).toMatchObject([{ id: 't.at time zone', lossless: null }]);
  });

  test('an indexed moment without a zone in a large table: its index would be built anew, so it waits', () => {
    const at = (type: string) => [column('at', type)];
    const large = { totalBytes: 10 * 2 ** 20 };
    const answered = { columns: { at: { rule: 'UTC', timeZone: 'UTC' } } };
    const waits = (rest: Partial<RelationModel>) =>
      plan(
        table('t', at('timestamp with time zone'), rest),
        table('t', at('timestamp without time zone'), { ...large, ...rest }),
        answered,
      ).waiting.map(({ object }) => object);
    expect(waits({})).toEqual([]);
    expect(waits({ indexes: [index('t_at', 'at')] })).toEqual(['column t.at type']);
  });

  test('a table of that name with other columns: it is left alone', () => {
    const made = plan(table('t', [column('a'), column('b'), column('c')]), table('t', [column('x'), column('a')]));
    expect(made.tables).toEqual([]);
    expect(made.unmanaged).toContain('table public.t');
  });

  test('a mapped column: it is filled from its legacy column, which stays', () => {
    const made = plan(table('t', [column('a'), column('train_id')]), table('t', [column('a'), column('domain')]), {
      columns: {
        train_id: { rule: 'renamed', legacy: { domain: 'text' }, value: 'domain', back: { domain: 'train_id' } },
      },
    });
    expect(states(made)['column t.train_id']).toBe('computed');
    expect(made.fills).toMatchObject([{ table: 't', column: 'train_id' }]);
    expect(made.retained.map(({ object }) => object)).toContain('column t.domain');
  });

  test('legacy columns of other types than the mapping knows: read as those, or not at all; their key is walked as what it becomes', () => {
    const legacy = { at: 'timestamp with time zone', meta: 'jsonb', who: 'text' };
    const made = plan(
      table('t', [column('id', 'uuid', { notNull: true }), column('a')], { constraints: [primary('id')] }),
      table(
        't',
        [
          column('id', 'text', { notNull: true }),
          ...[column('at', 'timestamp without time zone'), column('meta', 'json'), column('who', 'bytea')],
        ],
        { constraints: [primary('id')] },
      ),
      { columns: { a: { rule: 'of three', legacy, value: `concat(at, meta ->> 'x', who)`, back: { who: 'a' } } } },
    );
    const [fill] = made.fills;
    expect(fill?.value).toContain(
      `t."at"::timestamp AT TIME ZONE 'UTC' AS "at", t."meta"::jsonb AS "meta", NULL::text AS "who"`,
    );
    expect(fill?.key).toEqual({ column: 'id', type: 'uuid' });
    expect(made.retained).toContainEqual({ object: 'column t.who', why: 'not declared' });
    expect(made.acts.some(({ sql }) => sql.includes(`SET timezone = 'UTC'`))).toBe(true);
  });
});

const TYPES = [
  'text',
  'character varying',
  'character varying(20)',
  'integer',
  'bigint',
  'numeric(10,2)',
  'timestamp with time zone',
  'timestamp without time zone',
  'boolean',
  'jsonb',
  'uuid',
];
const columns = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'Mixed', 'select', 'd e'),
    type: fc.constantFrom(...TYPES),
    notNull: fc.boolean(),
  }),
  { selector: ({ name }) => name, minLength: 1 },
);
const indexes = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('i', 'j', 'k'), on: fc.constantFrom('a', 'b', '"Mixed"'), unique: fc.boolean() }),
  { selector: ({ name }) => name },
);
const tables = fc.record({ columns, indexes }).map((made) =>
  table(
    't',
    made.columns.map(({ name, type, notNull }) => column(name, type, { notNull })),
    {
      indexes: made.indexes.map(({ name, on, unique }) => index(name, on, unique)),
    },
  ),
);

test('whatever is there and whatever is declared: no statement drops a column, an index, a table or a row', () => {
  fc.assert(
    fc.property(tables, tables, fc.nat(2), (target, live, rows) => {
      const made = plan(target, live, {}, () => rows);
      const texts = [...made.acts, ...made.later].map(({ sql }) => sql);
      expect(texts.filter((sql) => /DROP (COLUMN|TABLE|INDEX|SCHEMA|TYPE)|TRUNCATE|DELETE FROM/.test(sql))).toEqual([]);
    }),
  );
});

test('what is as declared, in the domain’s own schema, needs nothing', () => {
  fc.assert(
    fc.property(tables, (same) => {
      const own = schema('shop', [same]);
      const { plan: made } = planAdoption({
        ...{
          phase: 'adopt',
          target: own,
          live: own,
          own,
          mapping: {},
          facts: new Map(),
          decisions: {},
          keepInPlace: false,
          oldNames: [],
        },
        surroundings: { database: 'd', user: 'me', dependents: [], roles: [], texts: [], referrers: [], sessions: [] },
      });
      expect([made.acts, made.later, made.waiting, made.retained, made.questions]).toEqual([[], [], [], [], []]);
    }),
  );
});
