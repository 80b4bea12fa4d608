import type { Named } from './declared.ts';
import { placeOf, type SourceProgram } from './source-program.ts';
import { usesInSql } from './uses-in-sql.ts';
import { usesInTypes } from './uses-in-types.ts';

/** A place where code names what is taken away. */
export interface Use {
  /** From the workspace. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly use: string;
}

/** Every place in the sources that names one of the things that are taken away; each place once. A doubt counts as a use. */
export function findUses(program: SourceProgram, taken: readonly Named[]): ReadonlyMap<Named, readonly Use[]> {
  return new Map(
    taken.map((one) => {
      const found = [...usesInTypes(program, one), ...usesInSql(program, one)].map(({ node, use }) => ({
        ...placeOf(program, node),
        use,
      }));
      const each = new Map(found.map((use) => [`${use.file}:${use.line} ${use.use}`, use]));
      return [one, [...each.values()].sort(inOrder)];
    }),
  );
}

function inOrder(a: Use, b: Use): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}
