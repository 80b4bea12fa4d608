import { parseSql, type SqlNode, type Statement } from '../sql/parse.ts';
import { asSerial, inOrder, putTogether, takeApart } from './create-table.ts';
import { objectKey } from './object-key.ts';

export interface CompactOptions {
  /** Columns of each table in their order, by `schema.table`, unquoted. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** What the replaced migrations say. */
  readonly history: readonly Statement[];
}

/** Makes the statements of a catalog diff from nothing shorter, and those of a person's own: each table whole, its columns in the order
 *  of the history, `serial` where it is one, types before tables; functions, triggers and comments in the words of the history. That
 *  it gives the same is proven by running it. The grammar must be loaded. Pure. */
export function compact(statements: readonly string[], { columns, history }: CompactOptions): readonly string[] {
  const parsed = statements.map(parseOne);
  const added = Map.groupBy(parsed.filter(addsColumn), ({ node }) => nameOf(node['relation']));
  const usual = new Map(
    parsed.filter(isUsualSequence).map(({ node, text }) => [nameOf(node['sequence']), typeOfSequence(text)]),
  );
  const inlined = new Set<string>();
  const tables = parsed.map((statement): Statement => {
    if (statement.kind !== 'CreateStmt') return statement;
    const name = nameOf(statement.node['relation']);
    const more = (added.get(name) ?? []).map(({ text }) => text.replace(/^.*? ADD COLUMN /s, ''));
    return { ...statement, text: wholeTable(statement.text, name, more, columns.get(name) ?? [], usual, inlined) };
  });
  const created = new Set(
    parsed.filter(({ kind }) => kind === 'CreateStmt').map(({ node }) => nameOf(node['relation'])),
  );
  const own = new Map(history.map((statement) => [objectKey(statement), statement.text]));
  const rest = tables.filter(
    (statement) =>
      !(addsColumn(statement) && created.has(nameOf(statement.node['relation']))) &&
      !inlined.has(sequenceOf(statement)),
  );
  return typesFirst(rest).map((statement) => {
    const key = objectKey(statement);
    return (key === null ? undefined : own.get(key)) ?? statement.text;
  });
}

function parseOne(text: string): Statement {
  const parsed = parseSql(text);
  const [statement] = parsed.ok ? parsed.statements : [];
  return statement ?? { text, line: 1, kind: '', node: {} };
}

function wholeTable(
  text: string,
  name: string,
  more: readonly string[],
  order: readonly string[],
  usual: ReadonlyMap<string, string>,
  inlined: Set<string>,
): string {
  const table = takeApart(text);
  if (table === null) return text;
  const [schema = '', relation = ''] = name.split('.');
  const items = inOrder([...table.items, ...more], order).map((item) => {
    const serial = asSerial(item, schema, relation);
    if (serial === null || usual.get(serial.sequence) !== serial.type) return item;
    inlined.add(serial.sequence);
    return serial.item;
  });
  return putTogether({ ...table, items });
}

function addsColumn({ kind, node }: Statement): boolean {
  const commands = (node['cmds'] ?? []) as readonly { readonly AlterTableCmd?: SqlNode }[];
  return (
    kind === 'AlterTableStmt' && commands.length === 1 && commands[0]?.AlterTableCmd?.['subtype'] === 'AT_AddColumn'
  );
}

/** A sequence as `serial` makes it. */
function isUsualSequence({ kind, text }: Statement): boolean {
  return (
    kind === 'CreateSeqStmt' && / INCREMENT BY 1 MINVALUE 1 MAXVALUE \d+ START WITH 1 CACHE 1 NO CYCLE$/.test(text)
  );
}

/** As the catalog diff writes it. */
function typeOfSequence(text: string): string {
  return / AS (\w+) INCREMENT/.exec(text)?.[1] ?? '';
}

/** The sequence that a statement makes or gives to its column; empty for every other. */
function sequenceOf({ kind, node, text }: Statement): string {
  const isOwned = kind === 'AlterSeqStmt' && / OWNED BY /.test(text);
  return kind === 'CreateSeqStmt' || isOwned ? nameOf(node['sequence']) : '';
}

function nameOf(range: unknown): string {
  const { schemaname = '', relname = '' } = (range ?? {}) as { schemaname?: string; relname?: string };
  return `${schemaname}.${relname}`;
}

const FIRST = new Set(['CreateSchemaStmt', 'CreateExtensionStmt']);
const TYPES = new Set(['CreateEnumStmt', 'CompositeTypeStmt', 'CreateRangeStmt']);

function typesFirst(statements: readonly Statement[]): readonly Statement[] {
  const rank = ({ kind }: Statement) => (FIRST.has(kind) ? 0 : TYPES.has(kind) ? 1 : 2);
  return statements.toSorted((a, b) => rank(a) - rank(b));
}

/** Whether a statement fires when rows come: triggers, and what is said of them. They stand behind the rows. */
export function isOfTrigger(text: string): boolean {
  const { kind, node } = parseOne(text);
  if (kind === 'CreateTrigStmt') return true;
  if (kind === 'CommentStmt') return node['objtype'] === 'OBJECT_TRIGGER';
  return kind === 'AlterTableStmt' && /"AT_(Enable|Disable)(Always|Replica)?Trig/.test(JSON.stringify(node['cmds']));
}
