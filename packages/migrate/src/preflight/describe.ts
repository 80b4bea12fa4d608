import type { InTheWay, NotAnswered } from './requirement.ts';

/** On several lines: what is in the way, some keys, and a repair. */
export function describeInTheWay({ migration, what, rows, keys, repair }: InTheWay): string {
  const some = keys.length < rows ? `, for example ${keys.join('; ')}` : `: ${keys.join('; ')}`;
  return `${migration}: ${what}\n    ${rows} ${rows === 1 ? 'row is' : 'rows are'} in the way${some}\n    ${repair}`;
}

export function describeNotAnswered({ migration, what, why }: NotAnswered): string {
  return `${migration}: ${what}: ${why}; the statement itself will tell`;
}
