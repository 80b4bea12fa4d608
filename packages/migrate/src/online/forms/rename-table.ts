import { createsAgain } from '../../contract/drop-forms.ts';
import { rememberGrants, restoreGrants } from '../../objects/grants.ts';
import { quoteIdentifier } from '../../objects/quote.ts';
import type { Context } from '../context.ts';
import type { RelationFacts } from '../facts.ts';
import { inTransaction } from '../piece.ts';
import { keyOf, quoted, type RelationName, relationName } from '../relation-name.ts';
import { changesType } from '../retype/retypes.ts';
import type { StatementForm } from './form.ts';

/** RENAME of a table → a view under the old name, with the old columns and the same privileges, in the same transaction; a contract file
 *  drops it. */
export const renameTableForm: StatementForm = (statement, context) => {
  const { kind, node, text } = statement;
  if (kind !== 'RenameStmt' || node['renameType'] !== 'OBJECT_TABLE') return null;
  const old = relationName(node['relation']);
  const fresh = { ...old, name: String(node['newname']) };
  const facts = context.relation(old);
  if (!context.keepsNames || context.isCreated(old) || createsAgain(context.draft, old)) return null;
  const why = obstacle(facts, [old, fresh], context);
  if (facts === undefined || why !== null) {
    context.warn(
      statement,
      `builds that say ${quoted(old)} fail from then on; no view can stand for it: ${why}`,
      'let them stand still while it is applied, or rename it in a migration of its own',
    );
    return null;
  }
  const view = viewOver(old, fresh, columnsOf(facts, old, context));
  const table = keyOf(fresh);
  const common = {
    touches: old.schema === null ? ['*'] : [table],
    renamed: [[quoted(old), quoted(fresh)] as const],
  };
  return [
    {
      ...common,
      ...inTransaction(rememberGrants(SETTING, quoted(old)), text, view, restoreGrants(SETTING)),
      allow: { LINT_OPAQUE_BLOCK: 'it gives the view the privileges that the table has where it runs' },
    },
    {
      ...common,
      ...inTransaction(`DROP VIEW ${quoted(old)}`),
      contract: true,
      alone: true,
      down: {
        statements: [rememberGrants(SETTING, quoted(fresh), quoted(old)), view, restoreGrants(SETTING)],
        noTransaction: false,
        inBatches: false,
      },
    },
  ];
};

const SETTING = 'old_name';

function viewOver(old: RelationName, fresh: RelationName, columns: readonly (readonly [string, string])[]): string {
  const list = columns.map(([own, shown]) =>
    own === shown ? quoteIdentifier(own) : `${quoteIdentifier(own)} AS ${quoteIdentifier(shown)}`,
  );
  return `CREATE VIEW ${quoted(old)} WITH (security_invoker = true) AS SELECT ${list.join(', ')} FROM ${quoted(fresh)}`;
}

/** The columns that the older build knows: what they are called there, and what it calls them. */
function columnsOf(
  { columns }: RelationFacts,
  old: RelationName,
  { nameNow }: Context,
): readonly (readonly [string, string])[] {
  return columns.map(({ name }) => [nameNow(old, name), name]);
}

/** Why no view can stand for it. NULL: one can. */
function obstacle(facts: RelationFacts | undefined, names: readonly RelationName[], { draft }: Context): string | null {
  if (facts === undefined) return 'nothing is known of it';
  if (!['table', 'partitioned table'].includes(facts.kind)) return `it is a ${facts.kind}`;
  const isRetyped = draft.some(
    (one) => changesType(one) && names.some((name) => keyOf(name) === keyOf(relationName(one.node['relation']))),
  );
  return isRetyped ? 'the same migration changes the type of a column of it' : null;
}
