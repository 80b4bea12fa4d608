import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import { parseSql, type SqlNode } from '../sql/parse.ts';

/** Statements that give columns their numbering back, completed so that it goes on behind the rows that are there: a sequence that is
 *  made anew would number them again. Pure; the grammar must be loaded. */
export function numberedOn(statements: readonly string[]): readonly string[] {
  return statements.flatMap((text) => [text, ...numberedBy(text).map(goOn)]);
}

interface NumberedColumn {
  /** Quoted, with its schema. */
  readonly table: string;
  /** As it is. */
  readonly column: string;
}

function numberedBy(text: string): readonly NumberedColumn[] {
  const parsed = parseSql(text);
  const statement = parsed.ok ? parsed.statements[0] : undefined;
  if (statement?.kind === 'AlterTableStmt') return identities(statement.node);
  return statement?.kind === 'AlterSeqStmt' ? owners(statement.node) : [];
}

function identities({ relation, cmds }: SqlNode): readonly NumberedColumn[] {
  const { schemaname, relname } = relation as { readonly schemaname?: string; readonly relname: string };
  const actions = cmds as readonly { readonly AlterTableCmd: SqlNode }[];
  return actions
    .filter(({ AlterTableCmd: action }) => action['subtype'] === 'AT_AddIdentity')
    .map(({ AlterTableCmd: action }) => ({ table: path([schemaname, relname]), column: String(action['name']) }));
}

/** OWNED BY schema.table.column. */
function owners({ options = [] }: SqlNode): readonly NumberedColumn[] {
  return (options as readonly { readonly DefElem: SqlNode }[]).flatMap(({ DefElem: option }) => {
    const { List } = (option['arg'] ?? {}) as { readonly List?: { readonly items: readonly NameNode[] } };
    const words = List?.items.flatMap(({ String: word }) => word?.sval ?? []) ?? [];
    const column = words.at(-1);
    return option['defname'] !== 'owned_by' || column === undefined || words.length < 2
      ? []
      : [{ table: path(words.slice(0, -1)), column }];
  });
}

interface NameNode {
  readonly String?: { readonly sval: string };
}

/** No rows: it begins where it would have begun. */
function goOn({ table, column }: NumberedColumn): string {
  const sequence = `pg_get_serial_sequence(${quoteLiteral(table)}, ${quoteLiteral(column)})`;
  return `SELECT setval(${sequence}, greatest(max(${quoteIdentifier(column)}) + 1, nextval(${sequence})), false) FROM ${table}`;
}

function path(words: readonly (string | undefined)[]): string {
  return words.flatMap((word) => (word === undefined ? [] : quoteIdentifier(word))).join('.');
}
