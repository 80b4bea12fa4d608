import type { DriftDifference } from '../drift/differences.ts';
import { plainName } from './choose-point.ts';
import type { Kept, Waiting } from './plan.ts';
import type { StoredAdoption } from './store.ts';

export interface AsFound {
  /** What nobody declares. */
  readonly retained: readonly Kept[];
  /** What is declared otherwise. */
  readonly waiting: readonly Waiting[];
  /** What is neither as declared nor as it was found. */
  readonly left: readonly DriftDifference[];
}

/** Tells differences from the declared schema that were found, and that nothing has touched, from those that an adoption has left. Pure. */
export function asFound(
  differences: readonly DriftDifference[],
  { found, fromSchema }: Pick<StoredAdoption, 'found' | 'fromSchema'>,
  schema: string,
): AsFound {
  const bare = (text: string) => withoutSchemas(text, [schema, fromSchema]);
  // Both schemas may have had something of that name.
  const before = new Set(Object.entries(found).map(([object, text]) => `${bare(object)}\n${bare(text)}`));
  const untouched = differences.filter(
    ({ object, live }) => live !== null && before.has(`${bare(object)}\n${bare(live)}`),
  );
  const named = (one: DriftDifference) => plainName(one.object, schema);
  return {
    retained: untouched.filter(isMore).map((one) => ({
      object: named(one),
      why: one.expected === null ? 'not declared' : `${shown(one.live, schema)}, which is not declared`,
    })),
    waiting: untouched
      .filter((one) => !isMore(one))
      .map((one) => ({
        object: named(one),
        why: `as it was found: ${shown(one.live, schema)}, declared ${shown(one.expected, schema)}`,
        rows: null,
      })),
    left: differences.filter((one) => !untouched.includes(one)),
  };
}

/** Something beside what is declared. */
function isMore({ expected }: DriftDifference): boolean {
  return expected === null || expected === '';
}

function shown(text: string | null, schema: string): string {
  return withoutSchemas(text ?? 'nothing', [schema]);
}

/** The same object before and after it moved. */
function withoutSchemas(text: string, schemas: readonly string[]): string {
  return schemas.reduce(
    (left, schema) =>
      left
        .replaceAll(`"${schema.replaceAll('"', '""')}".`, '')
        .split(`${schema}.`)
        .reduce((all, part) => (/[\w"]$/.test(all) ? `${all}${schema}.${part}` : all + part)),
    text,
  );
}
