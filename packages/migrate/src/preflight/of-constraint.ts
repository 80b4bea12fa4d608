import { quoteIdentifier } from '../objects/quote.ts';
import type { OnlineFacts } from '../online/facts.ts';
import { columnsIn } from '../online/forms/validated-later.ts';
import { keyOf, quoted, type RelationName, relationName } from '../online/relation-name.ts';
import type { SqlNode } from '../sql/parse.ts';
import { cut, tokensOf } from '../sql/tokens.ts';
import type { Requirement } from './requirement.ts';

/** What a constraint of a table asks of its rows; `text` is the definition, from CHECK, UNIQUE or FOREIGN KEY on. */
export function ofConstraint(
  table: RelationName,
  constraint: SqlNode,
  text: string,
  facts: OnlineFacts,
): readonly Requirement[] {
  switch (constraint['contype']) {
    case 'CONSTR_CHECK':
      return [ofCheck(table, constraint, text)];
    case 'CONSTR_PRIMARY': {
      if (constraint['indexname'] !== undefined) return [];
      const columns = words(constraint['keys']);
      return [
        ...columns.map((column) => ofNotNull(table, column)),
        ofUnique(table, columns.map(quoteIdentifier), columns),
      ];
    }
    case 'CONSTR_UNIQUE': {
      if (constraint['indexname'] !== undefined) return [];
      const columns = words(constraint['keys']);
      return [
        ofUnique(table, columns.map(quoteIdentifier), columns, {
          nullsAreEqual: constraint['nulls_not_distinct'] === true,
        }),
      ];
    }
    case 'CONSTR_FOREIGN':
      return ofForeignKey(table, constraint, facts);
    default:
      return [];
  }
}

export function ofNotNull(table: RelationName, column: string): Requirement {
  const name = quoteIdentifier(column);
  return {
    kind: 'not null',
    table,
    what: `${quoted(table)}.${name} must not be NULL`,
    condition: `${name} IS NULL`,
    repair: `UPDATE ${quoted(table)} SET ${name} = … WHERE ${name} IS NULL`,
    reads: reads(table, [column]),
  };
}

function ofCheck(table: RelationName, constraint: SqlNode, text: string): Requirement {
  const test = (constraint['raw_expr'] as { readonly NullTest?: SqlNode } | undefined)?.NullTest;
  const columns = [...new Set(columnsIn(constraint['raw_expr']))];
  if (test?.['nulltesttype'] === 'IS_NOT_NULL' && columns.length === 1) return ofNotNull(table, columns[0] ?? '');
  const rule = firstParenthesised(text);
  return {
    kind: 'check',
    table,
    what: `${quoted(table)}: CHECK (${rule})`,
    condition: `NOT (${rule}\n)`,
    repair: `UPDATE ${quoted(table)} SET … WHERE NOT (${rule})`,
    reads: reads(table, columns),
  };
}

interface UniqueOptions {
  readonly nullsAreEqual?: boolean;
  /** Of a partial index. */
  readonly where?: string | undefined;
}

/** `expressions`: what is unique together, as SQL; `columns`: what they read. */
export function ofUnique(
  table: RelationName,
  expressions: readonly string[],
  columns: readonly string[],
  { nullsAreEqual = false, where }: UniqueOptions = {},
): Requirement {
  const list = expressions.join(', ');
  const scope = where === undefined ? [] : [`(${where}\n)`];
  const present = nullsAreEqual ? [] : expressions.map((expression) => `${expression} IS NOT NULL`);
  const filter = [...scope, ...present].join(' AND ') || 'true';
  const groups = `SELECT ${list} FROM ${quoted(table)} WHERE ${filter} GROUP BY ${list} HAVING count(*) > 1`;
  const condition = nullsAreEqual
    ? `${filter} AND EXISTS (SELECT FROM (${groups}) AS twice (${expressions.map((_, at) => `e${at}`).join(', ')}) WHERE ${expressions.map((expression, at) => `twice.e${at} IS NOT DISTINCT FROM ${expression}`).join(' AND ')})`
    : `${filter} AND (${list}) IN (${groups})`;
  return {
    kind: 'unique',
    table,
    what: `${quoted(table)}: (${list}) must be unique${where === undefined ? '' : ` where ${where}`}`,
    condition,
    repair: `${groups}  -- then change or delete all but one of each`,
    reads: reads(table, columns),
  };
}

function ofForeignKey(table: RelationName, constraint: SqlNode, facts: OnlineFacts): readonly Requirement[] {
  const parent = relationName(constraint['pktable']);
  const own = words(constraint['fk_attrs']);
  const named = words(constraint['pk_attrs']);
  const key = facts.relations.get(keyOf(parent))?.constraints.find(({ kind }) => kind === 'primary key');
  const theirs = named.length > 0 ? named : (key?.columns ?? []);
  if (theirs.length !== own.length) return [];
  const mine = own.map((column) => `${quoted(table)}.${quoteIdentifier(column)}`);
  const equal = mine.map((column, at) => `parent.${quoteIdentifier(theirs[at] ?? '')} = ${column}`);
  const condition = `${mine.map((column) => `${column} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT FROM ${quoted(parent)} AS parent WHERE ${equal.join(' AND ')})`;
  return [
    {
      kind: 'foreign key',
      table,
      what: `${quoted(table)} (${own.map(quoteIdentifier).join(', ')}) must point to rows of ${quoted(parent)}`,
      condition,
      repair: `DELETE FROM ${quoted(table)} WHERE ${condition}`,
      reads: [...reads(table, own), ...reads(parent, theirs)],
    },
  ];
}

export function reads(table: RelationName, columns: readonly string[]): readonly string[] {
  return columns.map((column) => `${keyOf(table)} ${column}`);
}

function words(list: unknown): readonly string[] {
  const items = (list ?? []) as readonly { readonly String: { readonly sval: string } }[];
  return items.map((item) => item.String.sval);
}

/** The text inside the first parentheses. */
function firstParenthesised(text: string): string {
  const tokens = tokensOf(text);
  const open = tokens.find((token) => token.text === '(' && token.depth === 0);
  const close = tokens.find((token) => token.text === ')' && token.depth === 0 && token.start > (open?.start ?? 0));
  return cut(text, open?.end ?? 0, close?.start).trim();
}
