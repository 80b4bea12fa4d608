import { quoteIdentifier } from '../objects/quote.ts';

/** The GRANT that a permission error asks for, to be run as the owner: exactly what the statement needs, on the object that PostgreSQL
 *  names, with its schema where the statement says it. `user` is empty where nobody knows the role. */
export function grantFor(error: unknown, user: string): string {
  const message = error instanceof Error ? error.message : '';
  const role = user === '' ? '<role>' : quoteIdentifier(user);
  const [, owned] = /must be (?:owner of|able to SET ROLE) (?:\w+ )?"?([^"\s]+)/.exec(message) ?? [];
  if (owned !== undefined) return `run as the owner of ${owned}, or GRANT its owner's role TO ${role}`;
  const [, kind = '', name] = DENIED.exec(message) ?? [];
  if (name === undefined) return `give ${role} the privilege that the message names`;
  const statement = statementOf(error);
  const isConnecting = detailOf(error).includes('CONNECT');
  const privilege = isConnecting ? 'CONNECT' : privilegeOn(kind, statement);
  return `as the owner: GRANT ${privilege} ON ${kind === 'view' ? 'TABLE' : kind.toUpperCase()} ${named(kind, name, statement)} TO ${role}`;
}

const DENIED =
  /permission denied for (?:foreign |materialized )?(database|schema|table|view|sequence|function|procedure|type) (.+)/;

/** What changes the schema needs more than what reads and writes rows. A migration goes out as one message that begins so. */
const CHANGES_SCHEMA = /^\s*(BEGIN|CREATE|ALTER|DROP|COMMENT|REFRESH|REINDEX|DO)\b/i;

function privilegeOn(kind: string, statement: string): string {
  const changesSchema = CHANGES_SCHEMA.test(statement);
  switch (kind) {
    case 'database':
      return 'CREATE';
    case 'schema':
      return changesSchema ? 'USAGE, CREATE' : 'USAGE';
    case 'function':
    case 'procedure':
      return 'EXECUTE';
    case 'type':
      return 'USAGE';
    case 'sequence':
      return /\bINSERT\b|\bnextval\b/i.test(statement) ? 'USAGE' : 'SELECT';
    default:
      return changesSchema ? 'ALL' : privilegesOfRows(statement);
  }
}

/** By the statement's verbs; what names rows to change, or gives them back, also reads them. */
function privilegesOfRows(statement: string): string {
  const verbs = ['INSERT', 'UPDATE', 'DELETE'].filter((verb) => new RegExp(`\\b${verb}\\b`, 'i').test(statement));
  const reads = verbs.length === 0 || /\b(SELECT|UPDATE|DELETE|RETURNING|ON CONFLICT)\b/i.test(statement);
  return [...(reads ? ['SELECT'] : []), ...verbs].join(', ');
}

/** The message has no schema; the statement has it, of a sequence that of the table that it fills. */
function named(kind: string, name: string, statement: string): string {
  const own = quoted(name);
  if (kind === 'database' || kind === 'schema') return own;
  const literally = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  const before =
    kind === 'sequence' ? 'INTO\\s+("[^"]+"|[\\w$]+)\\.' : `("[^"]+"|[\\w$]+)\\."?${literally}"?(?![\\w$])`;
  const [, schema] = new RegExp(before, 'i').exec(statement) ?? [];
  return schema === undefined ? own : `${quoted(schema.replaceAll('"', ''))}.${own}`;
}

/** As PostgreSQL prints a name: in quotes only where it needs them. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteIdentifier(name);
}

/** The driver tells with each error which text it had sent. */
function statementOf(error: unknown): string {
  return error instanceof Error && 'query' in error && typeof error.query === 'string' ? error.query : '';
}

function detailOf(error: unknown): string {
  return error instanceof Error && 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
}
