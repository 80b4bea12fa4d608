import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diagram } from './diagram.ts';
import type { Column, Relation } from './read-relations.ts';

/** The lines of an entity diagram as Mermaid's grammar takes them: tried against its own parser, see docs/guide/schema-pages.md. */
const NAME = '(?:(?!(?:one|to|class|u|end|erDiagram)\\b)[A-Za-z][A-Za-z0-9_]*|"[^"%\\r\\n\\\\]+")';
const LINES = [
  /^erDiagram$/,
  new RegExp(`^ {2}${NAME} \\{$`),
  /^ {4}(?!(?:PK|FK|UK) )[A-Za-z][A-Za-z0-9_()[\]]* (?!(?:PK|FK|UK)\b)[A-Za-z_][A-Za-z0-9_]*(?: (?:PK|FK|UK)(?:, (?:PK|FK|UK))*)?(?: "NULL")?$/,
  /^ {2}\}$/,
  new RegExp(`^ {2}${NAME} (?:\\|o|\\|\\|)--o\\{ ${NAME} : "[^"\\r\\n]*"$`),
];

const column = (name: string, type: string, nullable = false): Column => ({ name, type, nullable });
const table = (name: string, columns: readonly Column[], keys: Relation['keys'] = []): Relation => ({
  ...{ name, kind: 'table', comment: null, columns, keys },
});

test('tables, marks, and a line for each foreign key', () => {
  const orders = table(
    'orders',
    [column('id', 'bigint'), column('plan', 'text', true), column('at', 'timestamp with time zone')],
    [
      { kind: 'primary', columns: ['id'], refersTo: null, onDelete: 'no action' },
      { kind: 'foreign', columns: ['plan'], refersTo: 'other.plans', onDelete: 'set null' },
    ],
  );
  expect(diagram([orders])).toEqual([
    ...['erDiagram', '  orders {', '    bigint id PK', '    text plan FK "NULL"', '    timestamptz at', '  }'],
    '  "other.plans" |o--o{ orders : "plan, on delete set null"',
  ]);
});

test('whatever tables, columns and types are called, each line is one that the language has', () => {
  const word = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.constantFrom('one', 'to', 'class', 'u', 'Order "x"', 'a-b', '1st', 'ü', 'PK', 'end', 'erDiagram'),
  );
  const type = fc.oneof(
    word,
    fc.constantFrom('numeric(10,2)[]', 'shop."my type"', 'time(3) without time zone', 'character varying(10)'),
  );
  const relation = fc
    .tuple(word, fc.array(fc.tuple(word, type, fc.boolean()), { minLength: 1, maxLength: 3 }), word)
    .map(([name, columns, parent]) =>
      table(
        name,
        columns.map(([called, of, nullable]) => column(called, of, nullable)),
        [{ kind: 'foreign', columns: columns.map(([called]) => called), refersTo: parent, onDelete: 'cascade' }],
      ),
    );
  fc.assert(
    fc.property(fc.array(relation, { maxLength: 3 }), (tables) => {
      for (const line of diagram(tables))
        expect(
          LINES.some((shape) => shape.test(line)),
          line,
        ).toBe(true);
    }),
  );
});
