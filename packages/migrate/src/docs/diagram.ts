import type { Column, Relation } from './read-relations.ts';

/** An entity diagram of tables in Mermaid's language, line by line. Names and types that it has no letters for are written with `_`, or
 *  in quotes where it takes those. Pure. */
export function diagram(tables: readonly Relation[]): readonly string[] {
  return ['erDiagram', ...tables.flatMap(entity), ...tables.flatMap(lines)];
}

function entity(table: Relation): readonly string[] {
  return [
    `  ${entityName(table.name)} {`,
    ...table.columns.map((column) => {
      const marks = marksOf(table, column);
      const nullable = column.nullable ? ' "NULL"' : '';
      return `    ${shortType(column.type)} ${attributeName(column.name)}${marks === '' ? '' : ` ${marks}`}${nullable}`;
    }),
    '  }',
  ];
}

function marksOf({ keys }: Relation, { name }: Column): string {
  const marks = { primary: 'PK', foreign: 'FK', unique: 'UK' } as const;
  const has = (kind: keyof typeof marks) => keys.some((key) => key.kind === kind && key.columns.includes(name));
  return (['primary', 'foreign', 'unique'] as const)
    .filter(has)
    .map((kind) => marks[kind])
    .join(', ');
}

function lines({ name, columns, keys }: Relation): readonly string[] {
  return keys
    .filter(({ kind }) => kind === 'foreign')
    .map((key) => {
      const optional = columns.some((column) => column.nullable && key.columns.includes(column.name));
      const act = key.onDelete === 'no action' ? '' : `, on delete ${key.onDelete}`;
      const label = `${key.columns.join(', ')}${act}`.replaceAll('"', "'");
      return `  ${entityName(key.refersTo ?? '')} ${optional ? '|o' : '||'}--o{ ${entityName(name)} : "${label}"`;
    });
}

/** Words of the language itself, which stand for no name. */
const RESERVED = new Set([
  'direction',
  'style',
  'classdef',
  'class',
  'title',
  'acctitle',
  'accdescr',
  'one',
  'only',
  'many',
  'to',
  'zero',
  'u',
  'end',
  'subgraph',
  'erdiagram',
]);

function entityName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toLowerCase())) return name;
  return `"${name.replaceAll(/["%\\\r\n]/g, '_')}"`;
}

function attributeName(name: string): string {
  const written = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return noMark(/^[A-Za-z_]/.test(written) ? written : `_${written}`);
}

/** These words are marks wherever they stand. */
function noMark(word: string): string {
  return /^(?:PK|FK|UK)$/.test(word) ? `${word}_` : word;
}

/** A type in the letters that the language takes: no spaces, commas, dots or quotes. */
function shortType(type: string): string {
  const written = type
    .replace('timestamp with time zone', 'timestamptz')
    .replace('timestamp without time zone', 'timestamp')
    .replace('time with time zone', 'timetz')
    .replace('time without time zone', 'time')
    .replace('character varying', 'varchar')
    .replace('character', 'char')
    .replace('double precision', 'float8')
    .replace(/^(?:[a-z_]+|"[^"]*")\./, '')
    .replace(/^numeric\(.*\)/, 'numeric')
    .replaceAll(/[^A-Za-z0-9_()[\]]/g, '_')
    .replace(/^(?![A-Za-z])/, 't_');
  return noMark(written);
}
