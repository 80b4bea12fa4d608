import type { SqlNode } from '../sql/parse.ts';

/** Functions of PostgreSQL that give another value each time. Of a function that is not known to be PostgreSQL's nobody knows. */
const VOLATILE = new Set([
  'random',
  'random_normal',
  'gen_random_uuid',
  'uuidv4',
  'uuidv7',
  'uuid_generate_v1',
  'uuid_generate_v1mc',
  'uuid_generate_v4',
  'gen_random_bytes',
  'clock_timestamp',
  'timeofday',
  'nextval',
  'currval',
  'lastval',
  'setval',
  'txid_current',
  'pg_current_xact_id',
  'pg_backend_pid',
]);

/** Whether an expression may have another value for each row, so that a column with it as its default must be written row by row.
 *  `stable`: names of functions of the database none of which is volatile. */
export function isVolatile(expression: unknown, stable: ReadonlySet<string>): boolean {
  return functionsIn(expression).some((name) => VOLATILE.has(name) || !stable.has(name));
}

/** The names of the functions that an expression calls, without their schemas. */
function functionsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(functionsIn);
  if (typeof value !== 'object' || value === null) return [];
  const call = (value as { readonly FuncCall?: SqlNode }).FuncCall;
  const names = (call?.['funcname'] ?? []) as readonly { readonly String: { readonly sval: string } }[];
  const own = call === undefined ? [] : [names.at(-1)?.String.sval ?? ''];
  return [...own, ...Object.values(value).flatMap(functionsIn)];
}
