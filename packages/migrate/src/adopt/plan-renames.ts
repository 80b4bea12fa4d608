import { act, type Case, type Draft, type Pair, type Rename } from './draft.ts';
import { at, q } from './names.ts';
import { aside } from './plan-keys.ts';

/** Gives indexes and constraints their declared names. One that bears a name which another one is to have goes aside first, or, where it
 *  gets another name itself, by a name of passage. */
export function planRenames(given: Case, draft: Draft, pairs: readonly Pair[]): void {
  const asides = asidesOf(given, draft, pairs);
  for (const rename of asides) push(given, draft, rename);
  const wanted = new Set(draft.renames.map(({ to }) => to));
  const passing = draft.renames.filter(({ from }) => wanted.has(from));
  const passage = (rename: Rename) => `adopting ${passing.indexOf(rename)}`;
  for (const rename of passing) push(given, draft, { ...rename, to: passage(rename) });
  for (const rename of draft.renames)
    push(given, draft, passing.includes(rename) ? { ...rename, from: passage(rename) } : rename);
}

/** Indexes of nobody's that bear a name which is claimed. */
function asidesOf(given: Case, draft: Draft, pairs: readonly Pair[]): readonly Rename[] {
  const renamed = new Set(draft.renames.map(({ from }) => from));
  return pairs.flatMap(({ live, target }) =>
    live.indexes.flatMap(({ name, constraint }): readonly Rename[] => {
      const bearer = draft.claims.get(name);
      if (bearer === undefined || bearer === name || renamed.has(name)) return [];
      return [
        { kind: constraint === null ? 'index' : 'constraint', table: target.name, from: name, to: aside(given, name) },
      ];
    }),
  );
}

/** The name under which an index that nobody declares is kept. */
export function keptName(given: Case, draft: Draft, name: string): string {
  const bearer = draft.claims.get(name);
  return bearer === undefined || bearer === name ? name : aside(given, name);
}

function push(given: Case, draft: Draft, { kind, table, from, to }: Rename): void {
  const { schema } = given.target;
  const rename = (a: string, b: string) =>
    kind === 'index'
      ? `ALTER INDEX ${at(schema, a)} RENAME TO ${q(b)}`
      : `ALTER TABLE ${at(schema, table)} RENAME CONSTRAINT ${q(a)} TO ${q(b)}`;
  const object = kind === 'index' ? `index ${to}` : `constraint ${table} ${to}`;
  act(draft, 'names', object, rename(from, to), rename(to, from));
}
