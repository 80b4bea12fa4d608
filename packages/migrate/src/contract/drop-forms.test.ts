import { beforeAll, expect, test } from 'vitest';
import { type ColumnFacts, type ConstraintFacts, NO_FACTS, type OnlineFacts } from '../online/facts.ts';
import { planOnline } from '../online/plan-online.ts';
import { loadGrammar } from '../sql/parse.ts';

beforeAll(loadGrammar);

const column = (name: string, notNull = false, value: string | null = null): ColumnFacts => ({
  ...{ name, notNull, type: 'text', default: value, identity: null, generated: null, sequence: null },
  ...{ collation: null, comment: null, settings: [] },
});
const key: ConstraintFacts = {
  ...{ name: 't_pkey', kind: 'primary key', definition: 'PRIMARY KEY (id)', columns: ['id'] },
  ...{ validated: true, comment: null },
};
const FACTS: OnlineFacts = {
  ...NO_FACTS,
  relations: new Map([
    [
      's.t',
      {
        ...{ kind: 'table', rows: 0, indexes: [], constraints: [key], partitions: [], partitionColumn: null },
        ...{
          hasDefaultPartition: false,
          isPartition: false,
          incoming: [],
          statistics: [],
          hasRowTriggers: false,
          dependents: [],
          replicaIdentity: null,
          clusteredOn: null,
          isWalkable: true,
        },
        columns: [column('id', true), column('a'), column('b', true), column('c', true, "''")],
      },
    ],
  ]),
};
/** Each file: whether it is a contract, and its statements. */
const files = (...statements: readonly string[]) =>
  planOnline(statements, FACTS).files.map(({ contract, statements: texts }) => [
    contract ? 'contract' : 'expand',
    ...texts,
  ]);

test.each([
  [['ALTER TABLE s.t DROP COLUMN a'], [['contract', 'ALTER TABLE s.t DROP COLUMN a']]],
  [
    ['ALTER TABLE s.t DROP COLUMN b'],
    [
      ['expand', 'ALTER TABLE "s"."t" ALTER COLUMN "b" DROP NOT NULL'],
      ['contract', 'ALTER TABLE s.t DROP COLUMN b'],
    ],
  ],
  [['ALTER TABLE s.t DROP COLUMN c'], [['contract', 'ALTER TABLE s.t DROP COLUMN c']]],
  [
    ['ALTER TABLE s.t DROP COLUMN a, ADD COLUMN d int'],
    [
      ['expand', 'ALTER TABLE s.t ADD COLUMN d int'],
      ['contract', 'ALTER TABLE s.t DROP COLUMN a'],
    ],
  ],
  [
    ['DROP TABLE s.t', 'DROP TYPE s.state', 'CREATE TABLE s.u (id int)'],
    [
      ['expand', 'CREATE TABLE s.u (id int)'],
      ['contract', 'DROP TABLE s.t', 'DROP TYPE s.state'],
    ],
  ],
])('%j is expanded first, and contracted in a release of its own', (statements, expected) => {
  expect(files(...statements)).toEqual(expected);
});

test.each([
  [['ALTER TABLE s.t DROP COLUMN a', 'ALTER TABLE s.t ADD COLUMN a int']],
  [['DROP TABLE s.t', 'CREATE TABLE s.t (id int)']],
  [['CREATE TABLE s.u (id int, x int)', 'ALTER TABLE s.u DROP COLUMN x']],
  [['CREATE TABLE s.u (id int)', 'DROP TABLE s.u']],
  [['DROP TYPE s.state']],
  [['DROP VIEW s.v']],
])('%j takes nothing away that an older build uses, or makes it again, and stays as it is', (statements) => {
  expect(files(...statements)).toEqual([['expand', ...statements]]);
});

test('a column of the primary key cannot be left out by new builds before it is dropped: that is said', () => {
  const { warnings } = planOnline(['ALTER TABLE s.t DROP COLUMN id'], FACTS);
  expect(warnings.map(({ why }) => why)).toEqual([expect.stringContaining('"id" is in the primary key')]);
});
