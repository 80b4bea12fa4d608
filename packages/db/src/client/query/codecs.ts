import type { PgCodecs } from 'drizzle-orm/pg-core';
import { postgresJsCodecs } from 'drizzle-orm/postgres-js';

/** drizzle's translation of values from and to postgres.js, with two faults put right: JSON that begins with a boolean was refused, and
 *  moments before the year 100 were read as of the last century. */
export const clientCodecs: PgCodecs = {
  ...postgresJsCodecs,
  json: { ...postgresJsCodecs.json, normalizeParam: asJson },
  jsonb: { ...postgresJsCodecs.jsonb, normalizeParam: asJson },
  timestamptz: { ...postgresJsCodecs.timestamptz, normalize: toMoment, normalizeInJson: toMoment },
};

/** The driver looks at a value, or at the first of an array, for its type; an object it leaves to the server. */
function asJson(value: unknown): unknown {
  return typeof value === 'boolean' || Array.isArray(value) ? { toJSON: () => value } : value;
}

/** Infinite moments become an invalid Date. Date reads years below 100 right in ISO's own form only. */
function toMoment(text: string): Date {
  if (!text.startsWith('00')) return new Date(text);
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}
