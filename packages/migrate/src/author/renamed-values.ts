import type { Catalog } from '../catalog/read-catalog.ts';
import type { OnlineNote } from '../online/plan-online.ts';
import { lossesOf } from './losses.ts';

/** A note for each enum of which a value goes while another comes: drizzle-kit does not ask whether it is the same by another name, and
 *  the type is made anew without it. Pure. */
export function renamedValueNotes(before: Catalog, after: Catalog): readonly OnlineNote[] {
  const came = valuesLost(after, before);
  return [...valuesLost(before, after)].flatMap(([type, gone]) => {
    const fresh = came.get(type);
    const [from] = gone;
    const [to] = fresh ?? [];
    if (fresh === undefined || from === undefined || to === undefined) return [];
    const rename = `ALTER TYPE ${type} RENAME VALUE ${from} TO ${to}`;
    return [
      {
        statement: `${type}: ${gone.join(', ')} → ${fresh.join(', ')}`,
        why: 'values go and others come, so rows that hold one that goes are in the way',
        fix: `where it is the same value by another name, delete what was written, and write \`${rename}\` into a migration of \`pnpm db create\``,
      },
    ];
  });
}

/** Values that one catalog has and the other lacks, by their enum. */
function valuesLost(from: Catalog, to: Catalog): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const lost of lossesOf(from, to, new Set()).enumValues) {
    const [, value = '', type = ''] = /^('(?:[^']|'')*') of (.+)$/s.exec(lost) ?? [];
    found.set(type, [...(found.get(type) ?? []), value]);
  }
  return found;
}
