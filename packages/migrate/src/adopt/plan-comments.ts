import type { Case, Draft, Pair } from './draft.ts';
import { at, q } from './names.ts';
import type { LaterStep } from './plan.ts';
import { quoted } from './plan-columns.ts';

interface Commented {
  readonly name: string;
  readonly comment: string | null;
}

/** Comments of constraints and indexes, for when they are there. A table that stays in place has a view of its declared name by then, so
 *  there they are left out. */
export function ruleComments(given: Case, draft: Draft, pairs: readonly Pair[]): readonly LaterStep[] {
  if (given.keepInPlace) return [];
  return pairs.flatMap(({ target, live }) => {
    const table = at(given.target.schema, target.name);
    const indexes = target.indexes.filter(({ constraint }) => constraint === null);
    return [
      ...target.constraints.flatMap((one) =>
        comment(draft, one, live.constraints, {
          object: `constraint ${target.name} ${one.name}`,
          on: `CONSTRAINT ${q(one.name)} ON ${table}`,
        }),
      ),
      ...indexes.flatMap((one) =>
        comment(draft, one, live.indexes, {
          object: `index ${one.name}`,
          on: `INDEX ${at(given.target.schema, one.name)}`,
        }),
      ),
    ];
  });
}

/** Nothing where it waits, or is said already. */
function comment(
  draft: Draft,
  wanted: Commented,
  found: readonly Commented[],
  { object, on }: { readonly object: string; readonly on: string },
): readonly LaterStep[] {
  if (wanted.comment === null || draft.waiting.some((one) => one.object === object)) return [];
  const isSame = draft.objects.some(
    (one) => one.object === object && (one.state === 'same' || one.state === 'renamed'),
  );
  const name = draft.renames.find(({ to }) => to === wanted.name)?.from ?? wanted.name;
  const had = isSame ? (found.find((one) => one.name === name)?.comment ?? null) : null;
  if (had === wanted.comment) return [];
  const say = (text: string | null) => `COMMENT ON ${on} IS ${quoted(text)}`;
  return [{ about: object, sql: say(wanted.comment), undo: isSame ? [say(had)] : [] }];
}
