import type { Name } from '../name.ts';
import type { ConstraintFacts } from '../read/action.ts';

const SUFFIX = {
  primary: 'pkey',
  unique: 'key',
  check: 'check',
  foreign: 'fkey',
  exclude: 'excl',
  'not-null': 'not_null',
} as const;

/** The name that was given, or that PostgreSQL gives where nothing of that name is there. */
export function constraintName(table: Name, { name, kind, columns }: ConstraintFacts): string {
  if (name !== null) return name;
  const parts = kind === 'primary' ? [table.name] : [table.name, ...(kind === 'check' ? columns.slice(0, 1) : columns)];
  return [...parts, SUFFIX[kind]].join('_').slice(0, 63);
}
