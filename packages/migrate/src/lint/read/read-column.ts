import { quoteIdentifier } from '../../objects/quote.ts';
import type { SqlNode } from '../../sql/parse.ts';
import { quoted, show } from '../name.ts';
import type { ColumnFacts, ConstraintFacts, ConstraintKind } from './action.ts';
import type { Clauses } from './clause.ts';
import { typeOf } from './sql-type.ts';
import { at, columnsIn, functionsIn, itemsOf, nodesIn, rangeOf, textOf, wordsOf } from './tree.ts';

const KINDS: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_PRIMARY: 'primary',
  CONSTR_UNIQUE: 'unique',
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_EXCLUSION: 'exclude',
  CONSTR_NOTNULL: 'not-null',
};

/** Words that end a column's default. */
const AFTER_DEFAULT = ['NOT', 'NULL', 'CHECK', 'UNIQUE', 'PRIMARY', 'REFERENCES', 'GENERATED', 'CONSTRAINT', 'COLLATE'];
const SERIAL = new Set(['serial', 'bigserial', 'smallserial']);

/** A column definition, and its constraints as if they stood apart. NOT NULL is a fact of the column alone. */
export function readColumn(
  definition: SqlNode,
  clauses: Clauses,
): { readonly column: ColumnFacts; readonly constraints: readonly ConstraintFacts[] } {
  const name = textOf(definition['colname']);
  const parts = itemsOf(definition['constraints']).map((item) => at(item, 'Constraint'));
  const of = (kind: string) => parts.find((part) => part['contype'] === kind);
  const given = of('CONSTR_DEFAULT');
  const generated = of('CONSTR_GENERATED');
  const type = typeOf(definition['typeName']);
  const isKey = of('CONSTR_PRIMARY') !== undefined;
  const column: ColumnFacts = {
    name,
    type,
    notNull:
      isKey || of('CONSTR_NOTNULL') !== undefined || of('CONSTR_IDENTITY') !== undefined || SERIAL.has(type.name),
    default: given === undefined ? null : defaultText(given, clauses),
    defaultCalls: given === undefined ? [] : functionsIn(given['raw_expr']),
    identity: of('CONSTR_IDENTITY') !== undefined,
    generated: generated === undefined ? null : generated['generated_kind'] === 'v' ? 'virtual' : 'stored',
  };
  const constraints = parts.flatMap((part) => {
    const read = readConstraint(part, clauses, name);
    return read === undefined || read.kind === 'not-null' ? [] : [read];
  });
  return { column, constraints };
}

function defaultText(given: SqlNode, clauses: Clauses): string {
  return clauses.from(Number(given['location'] ?? 0), ...AFTER_DEFAULT).replace(/^default\s+/i, '');
}

/** A constraint of a table or, with its name, of a column. Undefined: it is none that the rules know. */
export function readConstraint(node: SqlNode, clauses: Clauses, column?: string): ConstraintFacts | undefined {
  const kind = KINDS[textOf(node['contype'])];
  if (kind === undefined) return undefined;
  const location = Number(node['location'] ?? 0);
  const name = textOf(node['conname']) || null;
  const own = columnsOf(node, kind);
  const tested = at(node, 'raw_expr', 'NullTest');
  const notNull = tested['nulltesttype'] === 'IS_NOT_NULL' && at(tested, 'arg')['ColumnRef'] !== undefined;
  const columns = own.length > 0 || column === undefined ? own : [column];
  const expression = kind === 'check' ? clauses.inBrackets(location) : null;
  return {
    name,
    kind,
    columns,
    validated: node['skip_validation'] !== true,
    usingIndex: textOf(node['indexname']) || null,
    references: kind === 'foreign' ? { table: rangeOf(node['pktable']), columns: wordsOf(node['pk_attrs']) } : null,
    expression,
    notNullOf: kind === 'not-null' ? (columns[0] ?? null) : notNull ? (columnsIn(tested['arg'])[0] ?? null) : null,
    text: column === undefined ? withoutName(clauses.from(location), name) : atColumn(node, column, expression),
  };
}

const ACTIONS: Readonly<Record<string, string>> = { r: 'RESTRICT', c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT' };

/** A column's constraint as it is written for the table. */
function atColumn(node: SqlNode, column: string, expression: string | null): string {
  if (expression !== null) return `CHECK (${expression})`;
  if (node['contype'] !== 'CONSTR_FOREIGN') return '';
  const parent = wordsOf(node['pk_attrs']);
  const action = (event: string, key: string) => {
    const word = ACTIONS[textOf(node[key])];
    return word === undefined ? '' : ` ON ${event} ${word}`;
  };
  return [
    `FOREIGN KEY (${quoteIdentifier(column)}) REFERENCES ${show(rangeOf(node['pktable']))}`,
    parent.length === 0 ? '' : ` (${quoted(parent)})`,
    action('DELETE', 'fk_del_action'),
    action('UPDATE', 'fk_upd_action'),
    node['deferrable'] === true ? ' DEFERRABLE' : '',
    node['initdeferred'] === true ? ' INITIALLY DEFERRED' : '',
  ].join('');
}

/** `CONSTRAINT "x" CHECK (…)` without its first two words. */
function withoutName(text: string, name: string | null): string {
  return name === null ? text : text.replace(/^constraint\s+("(?:[^"]|"")*"|\S+)\s+/i, '');
}

function columnsOf(node: SqlNode, kind: ConstraintKind): readonly string[] {
  if (kind === 'foreign') return wordsOf(node['fk_attrs']);
  if (kind === 'check') return [...new Set(columnsIn(node['raw_expr']))];
  if (kind === 'exclude') return nodesIn(node['exclusions'], 'IndexElem').map((element) => textOf(element['name']));
  return wordsOf(node['keys']);
}
