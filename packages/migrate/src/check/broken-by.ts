import { plainName } from '../lint/name.ts';
import type { Action } from '../lint/read/action.ts';
import { actionsOf } from '../lint/read/actions-of.ts';
import { touchedObjects } from '../sql/touches.ts';
import type { NamedStatements } from './shared-objects.ts';

/** A migration of ours that names what one of theirs has dropped or renamed: its SQL would fail behind it. Undefined: there is none. */
export function broken(ours: readonly NamedStatements[], theirs: readonly NamedStatements[]): string | undefined {
  for (const other of theirs) {
    const gone = other.statements.flatMap(actionsOf).flatMap(goneBy);
    for (const own of ours) {
      const touched = touchedObjects(own.statements);
      const text = own.statements.map((statement) => statement.text).join('\n');
      const found = gone.find(({ object, word }) => touched.has(object) && (word === undefined || names(text, word)));
      if (found !== undefined)
        return `${own.name} names ${found.object}${found.word === undefined ? '' : `.${found.word}`}, which ${other.name} drops or renames`;
    }
  }
  return undefined;
}

interface Gone {
  /** `schema.object`. */
  readonly object: string;
  /** A column or constraint of it. Undefined: the object itself. */
  readonly word?: string;
}

function goneBy(action: Action): readonly Gone[] {
  switch (action.does) {
    case 'drop':
      return action.names.map((name) => ({ object: plainName(name) }));
    case 'rename':
      return [{ object: plainName(action.object), ...(action.kind === 'column' ? { word: action.from } : {}) }];
    case 'drop-column':
      return [{ object: plainName(action.table), word: action.column }];
    case 'drop-constraint':
      return [{ object: plainName(action.table), word: action.constraint }];
    default:
      return [];
  }
}

function names(text: string, word: string): boolean {
  return new RegExp(`(?<![\\w$])${word.replaceAll(/[^\w]/g, '\\$&')}(?![\\w$])`).test(text);
}
