import type { Case, Pair } from './draft.ts';

/** What the old application may do that the views under the old names do not carry, by what the server remembers of it. Pure. */
export function limitsOf(given: Case, pairs: readonly Pair[]): readonly string[] {
  const moved = pairs.filter(({ from }) => from !== given.target.schema);
  const names = moved.map(({ live }) => live.name);
  if (names.length === 0 || given.keepInPlace) return [];
  const from = given.live.schema;
  const sequences = given.live.sequences.map(({ name }) => name);
  const constraints = moved.flatMap(({ live }) => live.constraints.map(({ name }) => name));
  const rules: readonly (readonly [string, (text: string) => boolean])[] = [
    [
      `names a constraint in ON CONFLICT ON CONSTRAINT, which a view refuses`,
      (text) => /on conflict on constraint/i.test(text) && constraints.some((name) => has(text, name)),
    ],
    [
      `truncates a table: not through ${from}.…`,
      (text) => /\btruncate\b/i.test(text) && names.some((name) => has(text, name)),
    ],
    [
      `copies into a table: not through ${from}.…`,
      (text) => /\bcopy\b[^;]*\bfrom\b/i.test(text) && names.some((name) => has(text, name)),
    ],
    [`names a sequence as ${from}.…, which has moved`, (text) => sequences.some((name) => qualified(text, from, name))],
    [
      `changes a table as ${from}.…`,
      (text) =>
        /\b(alter table|create (unique )?index|create trigger|lock)\b/i.test(text) &&
        names.some((name) => qualified(text, from, name)),
    ],
  ];
  return given.surroundings.texts.flatMap(({ of, text }) =>
    rules.filter(([, meets]) => meets(text)).map(([what]) => `${of} ${what}`),
  );
}

/** At `finish`: functions that name a table as the old application did, and will not find it any more. Pure. */
export function losersOf({ oldNames, surroundings: { texts }, target, own }: Case): readonly string[] {
  const ours = new Set(own.functions.flatMap(({ identity }) => [identity, `${target.schema}.${identity}`]));
  return texts.flatMap(({ of, text }) => {
    if (!of.startsWith('function ') || ours.has(of.slice('function '.length))) return [];
    const lost = oldNames.filter((old) => qualified(text, old.schema, old.name) || plainly(text, old.name));
    return lost.map(({ name }) => `${of} names ${name} as the old application does, and will not find it`);
  });
}

/** A name without a schema where only a table can stand. */
function plainly(text: string, name: string): boolean {
  return new RegExp(`\\b(from|join|into|update|truncate|table)\\s+(only\\s+)?"?${escaped(name)}"?(?![\\w.])`, 'i').test(
    text,
  );
}

function has(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w])"?${escaped(name)}"?(?![\\w])`, 'i').test(text);
}

function qualified(text: string, schema: string, name: string): boolean {
  return new RegExp(`(?<![\\w])"?${escaped(schema)}"?\\."?${escaped(name)}"?(?![\\w])`, 'i').test(text);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
