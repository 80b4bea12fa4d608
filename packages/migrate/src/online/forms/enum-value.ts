import { quoteLiteral } from '../../objects/quote.ts';
import { inSteps } from '../piece.ts';
import type { StatementForm } from './form.ts';

/** ALTER TYPE … ADD VALUE whose value the draft uses → committed first, for PostgreSQL refuses to use it before. */
export const enumValueForm: StatementForm = (statement, context) => {
  const { kind, node, text } = statement;
  if (kind !== 'AlterEnumStmt' || node['oldVal'] !== undefined || typeof node['newVal'] !== 'string') return null;
  const literal = quoteLiteral(node['newVal']);
  const isUsed = context.draft.some(
    (other) => other !== statement && other.kind !== 'AlterEnumStmt' && other.text.includes(literal),
  );
  return isUsed ? [inSteps(text)] : null;
};
