import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { NO_FACTS, type OnlineFacts, type RelationFacts } from './facts.ts';
import { planOnline } from './plan-online.ts';

beforeAll(loadGrammar);

const filesOf = (statements: readonly string[], facts: OnlineFacts = NO_FACTS) =>
  planOnline(statements, facts).files.map(({ noTransaction, statements: texts }) => [
    noTransaction ? 'steps' : 'transaction',
    ...texts,
  ]);

describe('a table of unknown size counts as large', () => {
  test('an index is built concurrently, and what is written otherwise about it stays', () => {
    expect(filesOf(['CREATE UNIQUE INDEX "i" ON "s"."t" USING btree ("a" DESC) INCLUDE ("b") WHERE "a" > 1'])).toEqual([
      ['steps', 'CREATE UNIQUE INDEX CONCURRENTLY "i" ON "s"."t" USING btree ("a" DESC) INCLUDE ("b") WHERE "a" > 1'],
    ]);
  });

  test('what is concurrent already runs outside a transaction', () => {
    const draft = ['DROP INDEX CONCURRENTLY s.i', 'CREATE INDEX CONCURRENTLY "j" ON "s"."t" (a)'];
    expect(filesOf(draft)).toEqual([['steps', ...draft]]);
  });

  test('an unnamed index has the name that PostgreSQL would give it', () => {
    expect(filesOf(['CREATE INDEX ON s.t (a, lower(b))'])).toEqual([
      ['steps', 'CREATE INDEX CONCURRENTLY "t_a_expr_idx" ON "s"."t" (a, lower(b))'],
    ]);
  });

  test('foreign keys and checks are validated in a step of their own', () => {
    expect(
      filesOf([
        'ALTER TABLE "s"."t" ADD CONSTRAINT "k" FOREIGN KEY ("p") REFERENCES "s"."p"("id") ON DELETE cascade',
        'ALTER TABLE "s"."t" ADD CHECK (a > 0)',
      ]),
    ).toEqual([
      [
        'steps',
        'ALTER TABLE "s"."t" ADD CONSTRAINT "k" FOREIGN KEY ("p") REFERENCES "s"."p"("id") ON DELETE cascade NOT VALID',
        'ALTER TABLE "s"."t" VALIDATE CONSTRAINT "k"',
        'ALTER TABLE "s"."t" ADD CONSTRAINT "t_a_check" CHECK (a > 0) NOT VALID',
        'ALTER TABLE "s"."t" VALIDATE CONSTRAINT "t_a_check"',
      ],
    ]);
  });
});

test('what the draft creates stays plain', () => {
  const draft = [
    'CREATE TABLE "s"."t" ("a" int)',
    'CREATE INDEX "i" ON "s"."t" ("a")',
    'ALTER TABLE "s"."t" ADD CHECK (a > 0)',
  ];
  expect(filesOf(draft)).toEqual([['transaction', ...draft]]);
  const concurrent = draft.map((statement) => statement.replace('INDEX', 'INDEX CONCURRENTLY'));
  expect(filesOf(concurrent)).toEqual([['transaction', ...draft]]);
});

test('one statement with several actions is taken apart only where one of them needs it', () => {
  expect(filesOf(['ALTER TABLE s.t ADD COLUMN b int, ADD COLUMN c numeric(10, 2)'])).toEqual([
    ['transaction', 'ALTER TABLE s.t ADD COLUMN b int, ADD COLUMN c numeric(10, 2)'],
  ]);
  expect(filesOf(['ALTER TABLE s.t ADD COLUMN b int, ADD CONSTRAINT k CHECK (b IN (1, 2))'])).toEqual([
    ['transaction', 'ALTER TABLE s.t ADD COLUMN b int'],
    [
      'steps',
      'ALTER TABLE s.t ADD CONSTRAINT k CHECK (b IN (1, 2)) NOT VALID',
      'ALTER TABLE s.t VALIDATE CONSTRAINT k'.replace(' k', ' "k"'),
    ],
  ]);
});

test('as few files as possible: a statement joins an earlier file where nothing between names what it names', () => {
  expect(
    filesOf([
      'ALTER TABLE s.a ADD COLUMN x int',
      'CREATE INDEX i ON s.b (y)',
      'ALTER TABLE s.c ADD COLUMN x int',
      'CREATE INDEX j ON s.c (x)',
      'ALTER TABLE s.c ALTER COLUMN x SET DEFAULT 1',
    ]),
  ).toEqual([
    ['transaction', 'ALTER TABLE s.a ADD COLUMN x int', 'ALTER TABLE s.c ADD COLUMN x int'],
    ['steps', 'CREATE INDEX CONCURRENTLY "i" ON "s"."b" (y)', 'CREATE INDEX CONCURRENTLY "j" ON "s"."c" (x)'],
    ['transaction', 'ALTER TABLE s.c ALTER COLUMN x SET DEFAULT 1'],
  ]);
});

const table = (rows: RelationFacts['rows'], more: Partial<RelationFacts> = {}): RelationFacts => ({
  ...{
    kind: 'table',
    rows,
    indexes: [],
    constraints: [],
    partitions: [],
    partitionColumn: null,
    incoming: [],
    statistics: [],
  },
  ...{
    hasDefaultPartition: false,
    isPartition: false,
    hasRowTriggers: false,
    dependents: [],
    replicaIdentity: null,
    clusteredOn: null,
    isWalkable: true,
  },
  columns: ['a', 'b'].map((name) => ({
    ...{ name, type: 'integer', notNull: false, default: null, identity: null, generated: null },
    ...{ sequence: null, collation: null, comment: null, settings: [] },
  })),
  ...more,
});
const factsOf = (relations: Readonly<Record<string, RelationFacts>>): OnlineFacts => ({
  ...NO_FACTS,
  relations: new Map(Object.entries(relations)),
});

test('a function goes behind the triggers that call it, though no name says that they do', () => {
  const first = 'ALTER TYPE "s"."mood" RENAME TO "state"';
  const index = 'CREATE INDEX CONCURRENTLY "i" ON "s"."t" (a)';
  const drops = ['DROP TRIGGER "touched" ON "s"."t"', 'DROP FUNCTION "s"."touch"()'];
  expect(filesOf([first, index, ...drops])).toEqual([
    ['transaction', first],
    ['steps', index],
    ['transaction', ...drops],
  ]);
});

test('a table that the facts say is small stays plain, and so it does under a new name', () => {
  const draft = [
    'ALTER TABLE s.t RENAME TO u',
    'CREATE INDEX i ON s.u (a)',
    'ALTER TABLE s.u ALTER COLUMN a SET DATA TYPE bigint',
  ];
  expect(filesOf(draft, factsOf({ 's.t': table(10_000) }))).toEqual([['transaction', ...draft]]);
  expect(filesOf(draft, factsOf({ 's.t': table(10_001) })).length).toBeGreaterThan(1);
});

test('a check that one statement drops and adds again holds all the while', () => {
  const kept = {
    name: 'c',
    kind: 'check',
    columns: ['a'],
    definition: 'CHECK (a > 1)',
    validated: true,
    comment: null,
  } as const;
  const draft = ['ALTER TABLE "s"."t" DROP CONSTRAINT "c", ADD CONSTRAINT "c" CHECK (a > 0)'];
  expect(filesOf(draft, factsOf({ 's.t': table(1_000_000, { constraints: [kept] }) }))).toEqual([
    [
      'steps',
      'ALTER TABLE "s"."t" ADD CONSTRAINT "c_new" CHECK (a > 0) NOT VALID',
      'ALTER TABLE "s"."t" VALIDATE CONSTRAINT "c_new"',
    ],
    ['transaction', 'ALTER TABLE "s"."t" DROP CONSTRAINT "c"', 'ALTER TABLE "s"."t" RENAME CONSTRAINT "c_new" TO "c"'],
  ]);
});

test('a unique constraint that becomes an index of its name, or the other way round, holds all the while', () => {
  const [drop, create] = ['ALTER TABLE "s"."t" DROP CONSTRAINT "u"', 'CREATE UNIQUE INDEX "u" ON "s"."t" ("a")'];
  const built = ['steps', 'CREATE UNIQUE INDEX CONCURRENTLY "u_new" ON "s"."t" ("a")'];
  expect(filesOf([drop, create])).toEqual([built, ['transaction', drop, 'ALTER INDEX "s"."u_new" RENAME TO "u"']]);
  expect(filesOf(['DROP INDEX "s"."u"', 'ALTER TABLE "s"."t" ADD CONSTRAINT "u" UNIQUE("a")'])).toEqual([
    built,
    ['transaction', 'DROP INDEX "s"."u"', 'ALTER TABLE "s"."t" ADD CONSTRAINT "u" UNIQUE USING INDEX "u_new"'],
  ]);
});

test('a NOT NULL column without a value is refused where there may be rows, and only there', () => {
  const draft = ['ALTER TABLE s.t ADD COLUMN c text NOT NULL'];
  expect(planOnline(draft, factsOf({ 's.t': table(0) })).refused).toEqual([]);
  expect(planOnline(draft, factsOf({ 's.t': table(1) }))).toMatchObject({
    files: [],
    refused: [{ statement: draft[0] }],
  });
  expect(planOnline(draft, NO_FACTS).refused).toHaveLength(1);
});

test('the same of a column that becomes the primary key, unless the draft fills it', () => {
  const [add, key] = ['ALTER TABLE "s"."t" ADD COLUMN "k" uuid', 'ALTER TABLE "s"."t" ADD PRIMARY KEY ("k")'];
  const refused = (...draft: readonly string[]) =>
    planOnline(draft, NO_FACTS).refused.map(({ statement }) => statement);
  expect(refused(add, key)).toEqual([add]);
  expect(refused(add, 'UPDATE s.t SET k = gen_random_uuid()', key)).toEqual([]);
  expect(refused(`${add} DEFAULT gen_random_uuid()`, key)).toEqual([]);
});

test('what has no online form goes into a file of its own, and is said', () => {
  const { files, warnings } = planOnline(
    ['ALTER TABLE s.t ADD COLUMN c int', 'ALTER TABLE s.t ADD COLUMN d int GENERATED ALWAYS AS (a + 1) STORED'],
    factsOf({ 's.t': table('large') }),
  );
  expect(files.map(({ statements }) => statements)).toEqual([
    ['ALTER TABLE s.t ADD COLUMN c int'],
    ['ALTER TABLE s.t ADD COLUMN d int GENERATED ALWAYS AS (a + 1) STORED'],
  ]);
  expect(warnings).toMatchObject([{ why: expect.stringContaining('every row') }]);
});

test('columns that change their type together take four files, and the last one waits for a later release', () => {
  const { files } = planOnline(
    ['ALTER TABLE s.t ALTER COLUMN a SET DATA TYPE bigint', 'ALTER TABLE s.t ALTER COLUMN b SET DATA TYPE bigint'],
    factsOf({ 's.t': table('large') }),
  );
  expect(files.map(({ noTransaction, inBatches, contract }) => ({ noTransaction, inBatches, contract }))).toEqual([
    { noTransaction: false, inBatches: false, contract: false },
    { noTransaction: true, inBatches: true, contract: false },
    { noTransaction: false, inBatches: false, contract: false },
    { noTransaction: false, inBatches: false, contract: true },
  ]);
});

test('the new name leads only behind the file that has filled it, though nothing else stands on the column', () => {
  const { files } = planOnline(
    ['ALTER TABLE s.t RENAME COLUMN a TO c', 'ALTER TABLE s.t RENAME COLUMN b TO d'],
    factsOf({ 's.t': table(1) }),
  );
  expect(files.map(({ inBatches, contract }) => ({ inBatches, contract }))).toEqual([
    { inBatches: false, contract: false },
    { inBatches: true, contract: false },
    { inBatches: false, contract: false },
    { inBatches: false, contract: true },
  ]);
  expect(files[0]?.statements.join('\n')).toContain('IF NEW."c" IS NULL THEN NEW."c" := NEW."a"');
  expect(files[2]?.statements.join('\n')).toContain('IF NEW."a" IS NULL THEN NEW."a" := NEW."c"');
});

test.each([
  ['a table that the draft makes', ['CREATE TABLE s.u (a int)', 'ALTER TABLE s.u RENAME COLUMN a TO c'], []],
  [
    'names that are exchanged',
    ['ALTER TABLE s.t RENAME COLUMN a TO b', 'ALTER TABLE s.t RENAME COLUMN b TO c'],
    ['one takes the name that another one had'],
  ],
  ['a column of a view', ['ALTER TABLE s.t RENAME COLUMN b TO c'], ['view s.v reads it']],
])('%s: the rename is plain, and what breaks by it is said', (_, draft, whys) => {
  const dependents = [{ column: 'b', what: 'view s.v', path: 's.v' }];
  const { files, warnings } = planOnline(draft, factsOf({ 's.t': table('large', { dependents }) }));
  expect(files.map(({ statements }) => statements)).toEqual([draft]);
  expect([...new Set(warnings.map(({ why }) => why.replace(/^.*for a time: /, '')))]).toEqual(whys);
});

test('a table without a key that batches could walk: a rename, a type and a column that is filled row by row are plain, and that is said', () => {
  for (const statement of [
    'ALTER TABLE s.t ADD COLUMN c uuid DEFAULT gen_random_uuid() NOT NULL',
    'ALTER TABLE s.t ADD COLUMN c integer GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE s.t RENAME COLUMN a TO c',
    'ALTER TABLE s.t ALTER COLUMN a SET DATA TYPE bigint',
  ]) {
    const { files, warnings } = planOnline([statement], factsOf({ 's.t': table('large', { isWalkable: false }) }));
    expect(files.map(({ statements }) => statements)).toEqual([[statement]]);
    expect(warnings.map(({ why }) => why)).toContainEqual(expect.stringContaining('no key'));
  }
});

test('a check that is written anew for a table and a column with new names moves with them, and is never gone', () => {
  const check = {
    name: 'c',
    kind: 'check',
    columns: ['a'],
    definition: 'CHECK ((a > 0))',
    validated: true,
    comment: null,
  } as const;
  const draft = [
    'ALTER TABLE s.t RENAME TO u',
    'ALTER TABLE s.u RENAME COLUMN a TO d',
    'ALTER TABLE s.u DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (d > 0)',
  ];
  const { files } = planOnline(draft, factsOf({ 's.t': table('large', { constraints: [check] }) }));
  expect(files.map(({ contract }) => contract)).toEqual([false, false, false, true, true]);
  const drops = files.flatMap(({ statements }) => statements.filter((one) => one.includes('DROP CONSTRAINT "c"')));
  expect(drops).toHaveLength(1);
});
