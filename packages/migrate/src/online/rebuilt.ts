import { quoteIdentifier } from '../objects/quote.ts';
import { cut, tokensOf } from '../sql/tokens.ts';
import type { ConstraintFacts, IncomingKey, IndexFacts } from './facts.ts';
import { quoted, type RelationName } from './relation-name.ts';

/** How that which stands on columns is built over others, which take their place. */
export interface Rebuilt {
  /** By its name now, which the printed definitions may not have. */
  readonly table: RelationName;
  /** `ALTER TABLE "s"."t"`. */
  readonly alter: string;
  /** What an object is called until it takes the place of the old one. */
  readonly until: (name: string) => string;
  /** A definition over the other columns. */
  readonly moved: (definition: string) => string;
}

/** CREATE INDEX CONCURRENTLY of the same over the other columns. */
export function indexBeside({ moved, until, table }: Rebuilt, { definition, name }: IndexFacts): string {
  return concurrently(moved(definition), until(name), table);
}

/** A printed CREATE INDEX, concurrently and by another name. */
export function concurrently(definition: string, name: string, table: RelationName): string {
  const words = tokensOf(definition);
  const index = words.find(({ text }) => text === 'INDEX');
  const using = words.find(({ text, depth }) => text === 'USING' && depth === 0);
  return `${cut(definition, 0, index?.end)} CONCURRENTLY ${quoteIdentifier(name)} ON ${quoted(table)} ${cut(definition, using?.start ?? 0)}`;
}

/** The same check or foreign key over the other columns, validated in a step of its own. */
export function ruleBeside({ alter, moved, until }: Rebuilt, rule: ConstraintFacts): readonly string[] {
  const name = quoteIdentifier(until(rule.name));
  const [own, references] = parts(rule.definition.replace(/ NOT VALID$/, ''));
  const add = `${alter} ADD CONSTRAINT ${name} ${moved(own)}${references} NOT VALID`;
  return rule.validated ? [add, `${alter} VALIDATE CONSTRAINT ${name}`] : [add];
}

/** The same foreign key of another table to the other columns. */
export function incomingBeside({ moved, until }: Rebuilt, key: IncomingKey): readonly string[] {
  const [own, references] = parts(key.definition.replace(/ NOT VALID$/, ''));
  const alter = `ALTER TABLE ${quoted(key.table)}`;
  const name = quoteIdentifier(until(key.name));
  return [
    `${alter} ADD CONSTRAINT ${name} ${own}${moved(references)} NOT VALID`,
    `${alter} VALIDATE CONSTRAINT ${name}`,
  ];
}

/** A foreign key's own columns, and what it points to. */
function parts(definition: string): readonly [string, string] {
  const at = definition.startsWith('FOREIGN KEY') ? definition.indexOf(' REFERENCES ') : definition.length;
  return [definition.slice(0, at), definition.slice(at)];
}
