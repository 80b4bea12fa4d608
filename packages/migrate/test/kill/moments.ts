import type { Message } from '../support/cutting-proxy.ts';

/** What a run is doing, in the order of docs/reliability.md. */
export const MOMENTS = [
  'connecting',
  'reading files against history',
  'creating the history tables',
  'taking or giving back the migration lock',
  'a whole transaction in one message',
  'BEGIN',
  'history or journal row',
  'step journal',
  'taking table locks',
  'statement in a transaction',
  'statement outside of a transaction',
  'backfill',
  'COMMIT',
  'leaving',
] as const;

export type Moment = (typeof MOMENTS)[number];

/** On which side of a message the cut is: the server has not got the request yet, it has it; it has answered and the client does
 *  not know, the client has the answer. */
export const POINTS = ['before the request', 'after the request', 'before the answer', 'after the answer'] as const;

export type Point = (typeof POINTS)[number];

const BY_SQL: readonly (readonly [RegExp, Moment])[] = [
  [/^begin\s*;/i, 'a whole transaction in one message'],
  [/^begin/i, 'BEGIN'],
  [/^(commit|rollback)/i, 'COMMIT'],
  [/pg_(try_)?advisory_/i, 'taking or giving back the migration lock'],
  [
    /^(CREATE|COMMENT ON) (TABLE|SCHEMA) migrations\b|^INSERT INTO migrations\.settings/i,
    'creating the history tables',
  ],
  [/^INSERT INTO migrations\.backfills|^UPDATE migrations\.backfills|cents IS NULL|AS page ORDER BY/i, 'backfill'],
  [/^(INSERT INTO|UPDATE|DELETE FROM) migrations\.steps/i, 'step journal'],
  [/^(INSERT INTO|UPDATE|DELETE FROM) migrations\.(applied|journal|catalogs|backfills)/i, 'history or journal row'],
  [/^LOCK TABLE|set_config\('lock_timeout'|jsonb_to_recordset/i, 'taking table locks'],
  [
    /^\w+ (UNIQUE )?INDEX CONCURRENTLY|^ALTER TABLE .* DETACH .*(CONCURRENTLY|FINALIZE)/is,
    'statement outside of a transaction',
  ],
  [/^(CREATE|ALTER|INSERT|UPDATE|DELETE|DROP)\b/i, 'statement in a transaction'],
];

/** Names what a run is doing at a message. */
export function momentOf({ name, sql }: Message): Moment {
  if (name === 'Terminate') return 'leaving';
  if (sql === '') return 'connecting';
  const text = sql.trim();
  return BY_SQL.find(([pattern]) => pattern.test(text))?.[1] ?? 'reading files against history';
}

export function pointOf({ side }: Message, where: 'before' | 'after'): Point {
  if (side === 'frontend') return where === 'before' ? 'before the request' : 'after the request';
  return where === 'before' ? 'before the answer' : 'after the answer';
}
