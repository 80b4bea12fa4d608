import { quoteIdentifier } from '../../objects/quote.ts';
import type { SqlNode } from '../../sql/parse.ts';
import { cut, tokensOf } from '../../sql/tokens.ts';
import type { Context } from '../context.ts';
import { chosenName } from '../object-name.ts';
import { inSteps, inTransaction, type Piece } from '../piece.ts';
import { keyOf, quoted, type RelationName, relationName } from '../relation-name.ts';
import type { StatementForm } from './form.ts';
import { REPLACED } from './key-form.ts';

/** CREATE INDEX → CONCURRENTLY; on a partitioned table, which cannot, one by one on its partitions; on a table that the draft itself
 *  makes, whose rows nobody waits for, never. */
export const indexForm: StatementForm = (statement, context) => {
  const { kind, node, text } = statement;
  if (kind !== 'IndexStmt') return null;
  const table = relationName(node['relation']);
  const isOwn = node['concurrent'] === true && context.isCreated(table);
  if (!isOwn && !context.isLarge(table)) return null;
  const facts = context.relation(table);
  const index = readIndex(text, node, table, context);
  if (isOwn) return [inTransaction(index.on(table, index.name, {}))];
  if (facts?.kind !== 'partitioned table') return onTable(index, table, context);
  if (context.replacements.drops.has(statement)) return notBuilt(statement, context);
  if (!(node['relation'] as { readonly inh?: boolean }).inh) return null;
  return onPartitions(index, table, facts.partitions, context) ?? notBuilt(statement, context);
};

const notBuilt = (...[statement, context]: Parameters<StatementForm>): null => {
  context.warn(
    statement,
    'an index of partitions of partitions, or one that replaces another on a partitioned table, is built while writes wait',
    'build it on each leaf first, by CREATE INDEX CONCURRENTLY, and attach it',
  );
  return null;
};

export interface ReadIndex {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** The same index on another table. */
  on(table: RelationName, name: string, how: { readonly concurrently?: boolean; readonly only?: boolean }): string;
}

function readIndex(text: string, node: SqlNode, table: RelationName, context: Context): ReadIndex {
  const columns = (node['indexParams'] as readonly { readonly IndexElem: SqlNode }[]).map(({ IndexElem }) =>
    String(IndexElem['name'] ?? 'expr'),
  );
  const unique = node['unique'] === true;
  const taken = new Set(context.relation(table)?.indexes.map(({ name }) => name));
  const name = String(node['idxname'] ?? chosenName(table.name, columns, 'idx', taken));
  const tokens = tokensOf(text);
  const on = tokens.findIndex((token) => token.text === 'ON' && token.depth === 0);
  const first = tokens[on + 1]?.text === 'ONLY' ? on + 2 : on + 1;
  let last = first;
  while (tokens[last + 1]?.text === '.') last += 2;
  const rest = cut(text, tokens[last]?.end ?? 0);
  const ifNotExists = node['if_not_exists'] === true ? 'IF NOT EXISTS ' : '';
  return {
    name,
    columns,
    unique,
    on: (target, named, { concurrently = false, only = false }) =>
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${ifNotExists}${quoteIdentifier(named)} ON ${only ? 'ONLY ' : ''}${quoted(target)}${rest}`,
  };
}

/** One that is made anew takes the old one's place only when it is there. */
function onTable(index: ReadIndex, table: RelationName, { replacements }: Context): readonly Piece[] {
  const named = { schema: table.schema, name: index.name };
  if (replacements.formerConstraints.has(keyOf(named))) return inPlaceOfConstraint(index, table);
  if (!replacements.indexes.has(keyOf(named))) return [inSteps(index.on(table, index.name, { concurrently: true }))];
  const name = chosenName(index.name, [], 'new', new Set());
  return [
    inSteps(
      index.on(table, name, { concurrently: true }),
      `DROP INDEX CONCURRENTLY ${quoted(named)}`,
      `ALTER INDEX ${quoted({ ...named, name })} RENAME TO ${quoteIdentifier(index.name)}`,
    ),
  ];
}

/** A unique constraint holds until the index that takes its place is there. */
function inPlaceOfConstraint(index: ReadIndex, table: RelationName): readonly Piece[] {
  const name = chosenName(index.name, [], 'new', new Set());
  const swap = inTransaction(
    `ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quoteIdentifier(index.name)}`,
    `ALTER INDEX ${quoted({ schema: table.schema, name })} RENAME TO ${quoteIdentifier(index.name)}`,
  );
  return [inSteps(index.on(table, name, { concurrently: true })), { ...swap, allow: REPLACED }];
}

/** NULL: a partition is partitioned itself. */
function onPartitions(
  index: ReadIndex,
  table: RelationName,
  partitions: readonly RelationName[],
  context: Context,
): readonly Piece[] | null {
  if (partitions.some((partition) => context.relation(partition)?.kind === 'partitioned table')) return null;
  const parent = quoted({ schema: table.schema, name: index.name });
  const built = partitions.flatMap((partition) => {
    const taken = new Set(context.relation(partition)?.indexes.map(({ name }) => name));
    const name = chosenName(partition.name, index.columns, 'idx', taken);
    return [
      index.on(partition, name, { concurrently: true }),
      `ALTER INDEX ${parent} ATTACH PARTITION ${quoted({ schema: partition.schema, name })}`,
    ];
  });
  return [inSteps(index.on(table, index.name, { only: true }), ...built)];
}
