import type { SqlObject } from './object.ts';
import { quoteIdentifier } from './quote.ts';

/** CREATE EXTENSION IF NOT EXISTS; needs a role that may (a trusted extension or a superuser). */
export function extension(name: string): SqlObject {
  return { kind: 'extension', name, sql: `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)}` };
}
