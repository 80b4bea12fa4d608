import { quoteIdentifier } from '../../objects/quote.ts';
import type { SqlNode } from '../../sql/parse.ts';
import { cut, tokensOf } from '../../sql/tokens.ts';
import { chosenName } from '../object-name.ts';
import { inSteps } from '../piece.ts';
import { quoted, type RelationName, relationName } from '../relation-name.ts';
import type { AlterAction } from '../split-alter.ts';
import type { AlterForm } from './form.ts';

/** ATTACH PARTITION → its rows are checked first, by a CHECK that says what the bound says; PostgreSQL then believes it. */
export const attachForm: AlterForm = (action, context, statement) => {
  if (action.subtype !== 'AT_AttachPartition') return null;
  const partition = partitionOf(action);
  if (!context.isLarge(partition)) return null;
  const column = context.relation(action.table)?.partitionColumn ?? null;
  const rule = column === null ? null : boundAsCheck(action, column);
  if (rule === null) {
    context.warn(
      statement,
      'the rows of the partition are checked while reads and writes of it wait',
      'give it a validated CHECK that says what the bound says, first',
    );
    return null;
  }
  const taken = new Set(context.relation(partition)?.constraints.map(({ name }) => name));
  const check = quoteIdentifier(chosenName(partition.name, [], 'bound', taken));
  const alter = `ALTER TABLE ${quoted(partition)}`;
  return [
    inSteps(
      `${alter} ADD CONSTRAINT ${check} CHECK (${rule}) NOT VALID`,
      `${alter} VALIDATE CONSTRAINT ${check}`,
      `${action.head} ${action.body}`,
      `${alter} DROP CONSTRAINT ${check}`,
    ),
  ];
};

/** DETACH PARTITION → CONCURRENTLY; the CHECK that this leaves is dropped. Not beside a default partition, where PostgreSQL refuses it. */
export const detachForm: AlterForm = ({ subtype, head, body, ...action }, context) => {
  if (subtype !== 'AT_DetachPartition' || /\bCONCURRENTLY$/i.test(body)) return null;
  const partition = partitionOf(action);
  const parent = context.relation(action.table);
  if (!context.isLarge(action.table) || parent === undefined || parent.hasDefaultPartition) return null;
  const columns = parent.partitionColumn === null ? [] : [parent.partitionColumn];
  const taken = new Set(context.relation(partition)?.constraints.map(({ name }) => name));
  const left = quoteIdentifier(chosenName(partition.name, columns, 'check', taken));
  return [
    {
      ...inSteps(`${head} ${body} CONCURRENTLY`, `ALTER TABLE ${quoted(partition)} DROP CONSTRAINT IF EXISTS ${left}`),
      allow: { LINT_CONSTRAINT_DROPPED: 'it says what the bound said, and DETACH left it' },
    },
  ];
};

const command = (node: SqlNode) => (node['def'] as { readonly PartitionCmd: SqlNode }).PartitionCmd;

function partitionOf({ node }: Pick<AlterAction, 'node'>): RelationName {
  return relationName(command(node)['name']);
}

/** The rule of a bound over one column. NULL: a hash, a default, or several columns. */
function boundAsCheck({ node, body }: AlterAction, column: string): string | null {
  const bound = command(node)['bound'] as SqlNode | undefined;
  const name = quoteIdentifier(column);
  const lists = parenthesised(body.slice(body.search(/FOR\s+VALUES/i)));
  if (bound?.['strategy'] === 'l' && bound['is_default'] !== true) {
    return /\bNULL\b/i.test(lists[0] ?? 'NULL') ? null : `${name} IS NOT NULL AND ${name} IN (${lists[0]})`;
  }
  const [from, to] = lists;
  if (bound?.['strategy'] !== 'r' || from === undefined || to === undefined) return null;
  if (from.includes(',') || to.includes(',')) return null;
  const sides = [
    ...(/^MINVALUE$/i.test(from) ? [] : [`${name} >= ${from}`]),
    ...(/^MAXVALUE$/i.test(to) ? [] : [`${name} < ${to}`]),
  ];
  return [`${name} IS NOT NULL`, ...sides].join(' AND ');
}

/** The texts inside the outermost parentheses. */
function parenthesised(text: string): readonly string[] {
  const tokens = tokensOf(text);
  const opens = tokens.filter((token) => token.text === '(' && token.depth === 0);
  const closes = tokens.filter((token) => token.text === ')' && token.depth === 0);
  return opens.map(({ end }, at) => cut(text, end, closes[at]?.start).trim());
}
