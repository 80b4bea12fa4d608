import { namesValue } from '../../sql/names-value.ts';
import { touchedObjects } from '../../sql/touches.ts';
import { inSteps } from '../piece.ts';
import type { StatementForm } from './form.ts';

/** ALTER TYPE … ADD VALUE whose value the draft uses → committed first, for PostgreSQL refuses to use it before. */
export const enumValueForm: StatementForm = (statement, context) => {
  const { kind, node, text } = statement;
  if (kind !== 'AlterEnumStmt' || node['oldVal'] !== undefined || typeof node['newVal'] !== 'string') return null;
  const value = node['newVal'];
  const users = context.draft.filter(
    (other) => other !== statement && other.kind !== 'AlterEnumStmt' && namesValue(other.text, value),
  );
  // They stay behind it, though they may name the value only.
  return users.length === 0 ? null : [{ ...inSteps(text), touches: [...touchedObjects(users)] }];
};
