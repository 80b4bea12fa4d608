import { quoteIdentifier } from '../objects/quote.ts';
import { parseSql, type SqlNode } from '../sql/parse.ts';
import { cut } from '../sql/tokens.ts';
import { chosenName } from './object-name.ts';
import { quoted, type RelationName } from './relation-name.ts';

/** A column as ADD COLUMN defines it, taken apart. */
export interface ColumnDefinition {
  readonly name: string;
  /** Name, type, collation and what is no constraint, as it was written. */
  readonly bare: string;
  /** Without a schema where it is PostgreSQL's: `int8`, `serial`. */
  readonly typeName: string;
  readonly notNull: boolean;
  /** As it was written, and its tree. NULL: none. */
  readonly default: { readonly text: string; readonly node: unknown } | null;
  /** `GENERATED …` as it was written. NULL: it is no identity column. */
  readonly identity: string | null;
  /** `VIRTUAL` columns need no row; the others are computed for each. */
  readonly generated: 'stored' | 'virtual' | null;
  /** Its constraints as table constraints, in their order: `ADD CONSTRAINT …`. */
  readonly constraints: readonly string[];
}

type Part = { readonly node: SqlNode; readonly text: string };

/** Reads the definition of an ADD COLUMN. */
export function columnDefinition(table: RelationName, body: string): ColumnDefinition {
  const prefix = `ALTER TABLE ${quoted(table)} `;
  const sql = prefix + body;
  const node = definitionIn(sql);
  const parts = partsOf(sql, node);
  const of = (type: string) => parts.find((part) => part.node['contype'] === type);
  const name = String(node['colname']);
  const given = of('CONSTR_DEFAULT');
  const names = ((node['typeName'] as SqlNode)['names'] as readonly { String: { sval: string } }[]).map(
    (item) => item.String.sval,
  );
  const end = parts[0] === undefined ? undefined : Math.min(...parts.map((part) => Number(part.node['location'])));
  return {
    name,
    bare: cut(sql, Buffer.byteLength(prefix), end).trim(),
    typeName: names.at(-1) ?? '',
    notNull: of('CONSTR_NOTNULL') !== undefined || of('CONSTR_PRIMARY') !== undefined,
    default:
      given === undefined ? null : { text: given.text.replace(/^DEFAULT\s+/i, ''), node: given.node['raw_expr'] },
    identity: of('CONSTR_IDENTITY')?.text ?? null,
    generated: generatedOf(of('CONSTR_GENERATED')),
    constraints: parts.flatMap((part) => asTableConstraint(part, table, name)),
  };
}

function definitionIn(sql: string): SqlNode {
  const parsed = parseSql(sql);
  const [statement] = parsed.ok ? parsed.statements : [];
  const [action] = (statement?.node['cmds'] ?? []) as readonly {
    readonly AlterTableCmd: { readonly def: { readonly ColumnDef: SqlNode } };
  }[];
  if (action === undefined) throw new Error(`no column definition: ${sql}`);
  return action.AlterTableCmd.def.ColumnDef;
}

/** The column's constraints with their texts: each ends where the next begins. DEFERRABLE and its like belong to the one before. */
function partsOf(sql: string, node: SqlNode): readonly Part[] {
  const all = ((node['constraints'] ?? []) as readonly { readonly Constraint: SqlNode }[]).map(
    ({ Constraint }) => Constraint,
  );
  const own = all.filter(({ contype }) => !String(contype).startsWith('CONSTR_ATTR'));
  const starts = own.map(({ location }) => Number(location));
  return own.map((constraint, at) => ({ node: constraint, text: cut(sql, starts[at] ?? 0, starts[at + 1]).trim() }));
}

function generatedOf(part: Part | undefined): ColumnDefinition['generated'] {
  if (part === undefined) return null;
  return /\bVIRTUAL$|\)$/i.test(part.text) ? 'virtual' : 'stored';
}

/** Keys, checks and foreign keys; what only a column has is left out. */
function asTableConstraint({ node, text }: Part, table: RelationName, column: string): readonly string[] {
  const rule = text.replace(/^CONSTRAINT\s+("(?:[^"]|"")+"|\S+)\s+/i, '');
  const named = (kind: string, columns: readonly string[]) =>
    `ADD CONSTRAINT ${quoteIdentifier(String(node['conname'] ?? chosenName(table.name, columns, kind, new Set())))}`;
  const quotedColumn = quoteIdentifier(column);
  switch (node['contype']) {
    case 'CONSTR_FOREIGN':
      return [`${named('fkey', [column])} FOREIGN KEY (${quotedColumn}) ${rule}`];
    case 'CONSTR_CHECK':
      return [`${named('check', [column])} ${rule}`];
    case 'CONSTR_UNIQUE':
      return [
        `${named('key', [column])} ${rule.replace(/^UNIQUE(\s+NULLS\s+(?:NOT\s+)?DISTINCT)?/i, `UNIQUE$1 (${quotedColumn})`)}`,
      ];
    case 'CONSTR_PRIMARY':
      return [`${named('pkey', [])} ${rule.replace(/^PRIMARY\s+KEY/i, `PRIMARY KEY (${quotedColumn})`)}`];
    default:
      return [];
  }
}
