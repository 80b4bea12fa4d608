import type { Statement } from '../sql/parse.ts';
import { type OnlineFacts, type RelationFacts, SMALL_ROWS } from './facts.ts';
import { keyOf, type RelationName, relationName } from './relation-name.ts';

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
  /** The relation before the draft, by the name that the draft gives it now. */
  relation(name: RelationName): RelationFacts | undefined;
  /** True where a statement that reads or writes every row would be felt: not for what the draft created. */
  isLarge(name: RelationName): boolean;
  /** Takes notice of a statement once it is planned. */
  passed(statement: Statement): void;
  warn(statement: Statement, why: string, fix: string): void;
  refuse(statement: Statement, why: string, fix: string): void;
  readonly warnings: readonly OnlineNote[];
  readonly refused: readonly OnlineNote[];
}

export function createContext(facts: OnlineFacts): Context {
  const created = new Set<string>();
  /** Name now → name in the facts. */
  const renamed = new Map<string, string>();
  const [warnings, refused]: [OnlineNote[], OnlineNote[]] = [[], []];
  const relation = (name: RelationName) => facts.relations.get(renamed.get(keyOf(name)) ?? keyOf(name));
  const note = ({ text }: Statement, why: string, fix: string) => ({
    statement: text.replaceAll(/\s+/g, ' '),
    why,
    fix,
  });
  return {
    facts,
    relation,
    isLarge: (name) => {
      if (created.has(keyOf(name))) return false;
      const rows = relation(name)?.rows ?? 'large';
      return rows === 'large' || rows > SMALL_ROWS;
    },
    passed: (statement) => {
      for (const name of createdBy(statement)) created.add(name);
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
}

/** The relations that a statement makes. */
function createdBy({ kind, node }: Statement): readonly string[] {
  const into = node['into'] as { readonly rel?: unknown } | undefined;
  if (kind === 'CreateTableAsStmt' && into !== undefined) return [keyOf(relationName(into.rel))];
  return kind === 'CreateStmt' ? [keyOf(relationName(node['relation']))] : [];
}
