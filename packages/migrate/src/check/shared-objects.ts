import type { Statement } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';

export interface NamedStatements {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Two migrations of two branches that name the same object. */
export interface Shared {
  readonly ours: string;
  readonly theirs: string;
  /** `schema.object`; empty where one of them may touch anything. */
  readonly objects: readonly string[];
}

/** Every pair of migrations, one of each side, that touch the same object. Pure. */
export function sharedObjects(ours: readonly NamedStatements[], theirs: readonly NamedStatements[]): readonly Shared[] {
  const touch = (one: NamedStatements) => ({ name: one.name, objects: touchedObjects(one.statements) });
  const others = theirs.map(touch);
  return ours.map(touch).flatMap((own) =>
    others.flatMap((other) => {
      const objects = [...own.objects.intersection(other.objects)].filter((name) => name !== '*').sort();
      const anything = own.objects.has('*') || other.objects.has('*');
      return objects.length > 0 || anything ? [{ ours: own.name, theirs: other.name, objects }] : [];
    }),
  );
}

/** In words. */
export function describeShared(shared: readonly Shared[]): string {
  if (shared.length === 0) return 'they touch nothing in common';
  return shared
    .map(({ ours, theirs, objects }) =>
      objects.length === 0
        ? `${ours} and ${theirs} may touch the same`
        : `${ours} and ${theirs} both touch ${objects.join(', ')}`,
    )
    .join('; ');
}
