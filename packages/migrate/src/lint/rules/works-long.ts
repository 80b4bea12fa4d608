import type { Action } from '../read/action.ts';
import type { RuleContext } from '../rule.ts';

/** True for what goes through a table with rows, and so takes as long as that is big. */
export function worksLong(action: Action, { isOld, catalog }: RuleContext): boolean {
  switch (action.does) {
    case 'refresh':
      return isOld(action.view);
    case 'create-table-as':
      return true;
    case 'validate': {
      const known = catalog.constraint(action.table, action.constraint);
      return isOld(action.table) && known?.validated !== true;
    }
    case 'change-rows':
      if (action.how === 'insert') return action.fromQuery && isOld(action.table);
      return isOld(action.table) && action.boundBy.length === 0 && !action.isBatch;
    default:
      return false;
  }
}
