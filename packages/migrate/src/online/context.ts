import { type SqlNode, type Statement, wholeNode } from '../sql/parse.ts';
import { type OnlineFacts, type RelationFacts, type Rows, SMALL_ROWS } from './facts.ts';
import type { Piece } from './piece.ts';
import { keyOf, type RelationName, relationName } from './relation-name.ts';
import type { Replacements } from './replaced.ts';
import { defaultsDropped, goneForSwap } from './retype/retypes.ts';

/** Something that a person must know, or decide, before the draft is written. */
export interface OnlineNote {
  /** The statement of the draft that it is about, on one line. */
  readonly statement: string;
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

/** What the forms are told while a draft is read from its first statement to its last. */
export interface Context {
  readonly facts: OnlineFacts;
  readonly replacements: Replacements;
  /** A column that gets another name at once, by the name that the table has then. */
  renameAtOnce(table: RelationName, from: string, to: string): void;
  /** What a column of the table is called now. */
  nameNow(table: RelationName, name: string): string;
  /** Every statement of the draft. */
  readonly draft: readonly Statement[];
  /** False: a rename is written as it is. */
  readonly keepsNames: boolean;
  /** The relation before the draft, by the name that the draft gives it now. */
  relation(name: RelationName): RelationFacts | undefined;
  /** True for a relation or index that the draft has made so far. */
  isCreated(name: RelationName): boolean;
  /** Defaults that the draft drops before it changes the type of their columns: `table column`. */
  readonly defaultsDropped: ReadonlyMap<string, Statement>;
  /** Views, policies and triggers that are gone only while a column changes its type or name. The first who asks drops them. */
  takeGone(): readonly string[];
  /** True for a statement that another one brings with it. */
  isMoved(statement: Statement): boolean;
  /** Takes a later statement over: it is not planned for itself. */
  move(statement: Statement): void;
  /** Estimated; 0 for what the draft created. */
  rows(name: RelationName): Rows;
  /** The tree of a statement, also of one that changes rows. */
  treeOf(statement: Statement): SqlNode;
  /** Plans a statement that a form has made of another. */
  plan(text: string): readonly Piece[];
  /** True where a statement that reads or writes every row would be felt: not for what the draft created. */
  isLarge(name: RelationName): boolean;
  /** Takes notice of a statement once it is planned. */
  passed(statement: Statement): void;
  warn(statement: Statement, why: string, fix: string): void;
  refuse(statement: Statement, why: string, fix: string): void;
  readonly warnings: readonly OnlineNote[];
  readonly refused: readonly OnlineNote[];
}

export interface ContextParts {
  readonly draft: readonly Statement[];
  readonly facts: OnlineFacts;
  readonly replacements: Replacements;
  readonly keepsNames: boolean;
  readonly plan: (text: string, context: Context) => readonly Piece[];
}

export function createContext({ draft, facts, replacements, keepsNames, plan }: ContextParts): Context {
  const created = new Set<string>();
  /** Name now → name in the facts. */
  const renamed = new Map<string, string>();
  /** `table column` → the column's name now. */
  const columnsNow = new Map<string, string>();
  const [warnings, refused]: [OnlineNote[], OnlineNote[]] = [[], []];
  const withoutDefaults = defaultsDropped(draft);
  const moved = new Set([...replacements.drops.values(), ...goneForSwap(draft), ...withoutDefaults.values()]);
  const dropped = new Set<string>();
  const gone = [...goneForSwap(draft)];
  const relation = (name: RelationName): RelationFacts | undefined => {
    const known = facts.relations.get(renamed.get(keyOf(name)) ?? keyOf(name));
    if (known === undefined || dropped.size === 0) return known;
    const isThere = (one: { readonly name: string }) => !dropped.has(`${keyOf(name)} ${one.name}`);
    return { ...known, indexes: known.indexes.filter(isThere), constraints: known.constraints.filter(isThere) };
  };
  const rows = (name: RelationName) => (created.has(keyOf(name)) ? 0 : (relation(name)?.rows ?? 'large'));
  const note = ({ text }: Statement, why: string, fix: string) => ({
    statement: text.replaceAll(/\s+/g, ' '),
    why,
    fix,
  });
  const context: Context = {
    draft,
    facts,
    keepsNames,
    renameAtOnce: (table, from, to) => void columnsNow.set(`${keyOf(table)} ${from}`, to),
    nameNow: (table, name) => columnsNow.get(`${keyOf(table)} ${name}`) ?? name,
    rows,
    treeOf: wholeNode,
    defaultsDropped: withoutDefaults,
    isMoved: (statement) => moved.has(statement),
    move: (statement) => void moved.add(statement),
    takeGone: () => gone.splice(0).map(({ text }) => text),
    plan: (text) => plan(text, context),
    replacements,
    relation,
    isCreated: (name) => created.has(keyOf(name)),
    isLarge: (name) => {
      const estimated = rows(name);
      return estimated === 'large' || estimated > SMALL_ROWS;
    },
    passed: (statement) => {
      for (const name of createdBy(statement)) created.add(name);
      for (const key of droppedConstraints(statement)) dropped.add(key);
      const { kind, node } = statement;
      if (kind !== 'RenameStmt' || node['relation'] === undefined || node['subname'] !== undefined) return;
      if (!['OBJECT_TABLE', 'OBJECT_MATVIEW', 'OBJECT_VIEW'].includes(String(node['renameType']))) return;
      const from = relationName(node['relation']);
      const to = keyOf({ ...from, name: String(node['newname']) });
      renamed.set(to, renamed.get(keyOf(from)) ?? keyOf(from));
      if (created.has(keyOf(from))) created.add(to);
    },
    warn: (statement, why, fix) => void warnings.push(note(statement, why, fix)),
    refuse: (statement, why, fix) => void refused.push(note(statement, why, fix)),
    warnings,
    refused,
  };
  return context;
}

/** `table constraint` for each that a statement drops. */
function droppedConstraints({ kind, node }: Statement): readonly string[] {
  if (kind !== 'AlterTableStmt') return [];
  const actions = node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[];
  return actions
    .filter(({ AlterTableCmd }) => AlterTableCmd['subtype'] === 'AT_DropConstraint')
    .map(({ AlterTableCmd }) => `${keyOf(relationName(node['relation']))} ${String(AlterTableCmd['name'])}`);
}

/** The relations and indexes that a statement makes. */
function createdBy({ kind, node }: Statement): readonly string[] {
  const into = node['into'] as { readonly rel?: unknown } | undefined;
  if (kind === 'CreateTableAsStmt' && into !== undefined) return [keyOf(relationName(into.rel))];
  if (kind === 'IndexStmt' && node['idxname'] !== undefined) {
    return [keyOf({ ...relationName(node['relation']), name: String(node['idxname']) })];
  }
  return kind === 'CreateStmt' ? [keyOf(relationName(node['relation']))] : [];
}
