/** The order of one repetition: it begins one variant later each time, and runs backwards every second time, so that every
 *  variant comes first sooner or later and none always follows the same neighbour. Pure. */
export function orderOf<T>(items: readonly T[], repetition: number): readonly T[] {
  const first = items.length === 0 ? 0 : repetition % items.length;
  const forwards = [...items.slice(first), ...items.slice(0, first)];
  if (repetition % 2 === 0) return forwards;
  const [head, ...rest] = forwards;
  return head === undefined ? [] : [head, ...rest.reverse()];
}
