import type { LintFile, Placed } from './rule.ts';

/** For each action, where the transaction that it runs in began; NULL: it runs by itself. A plain file that says nothing of
 *  transactions is taken for one, as most runners do, unless it holds what cannot run in one. */
export function transactionsOf(file: LintFile, placed: readonly Placed[]): readonly (number | null)[] {
  if (file.noTransaction) return placed.map(() => null);
  const says = file.runner === 'plain' && placed.some(({ action }) => action.does === 'transaction');
  if (!says) {
    const start = file.runner === 'plain' && placed.some(isConcurrent) ? null : 0;
    return placed.map(() => start);
  }
  const starts: (number | null)[] = [];
  let open: number | null = null;
  placed.forEach(({ action }, at) => {
    if (action.does === 'transaction' && (action.kind === 'begin' || action.kind === 'start')) open = at;
    starts.push(open);
    if (action.does === 'transaction' && (action.kind === 'commit' || action.kind === 'rollback')) open = null;
  });
  return starts;
}

function isConcurrent({ action }: Placed): boolean {
  switch (action.does) {
    case 'create-index':
    case 'drop':
    case 'reindex':
    case 'detach':
      return action.concurrently;
    case 'vacuum':
      return true;
    default:
      return false;
  }
}
