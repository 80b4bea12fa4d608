import { readCatalog } from '../catalog/read-catalog.ts';
import { diffStates, readDiffState } from '../catalog/residual.ts';
import { openSession } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { type DriftDifference, driftDifferences } from '../drift/differences.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';

export interface DatabaseDiff {
  /** `user@host:port/database`. */
  readonly from: string;
  readonly to: string;
  readonly schemas: readonly string[];
  /** By object. `missing`: only `from` has it; `unexpected`: only `to`. */
  readonly differences: readonly DriftDifference[];
  /** What turns `from` into `to`, in order. NULL: it cannot be written, see `why`. */
  readonly statements: readonly DiffStatement[] | null;
  readonly why: string | null;
}

export interface DiffStatement {
  readonly sql: string;
  /** Rows or values go with it. */
  readonly losesData: boolean;
}

/** Compares schemas of two databases: catalogs in normal form, as `db drift` does it, without owners, privileges and the order of columns.
 *  Read-only.
 *  @throws {DbError} what connecting can throw */
export async function diffDatabases(from: Target, to: Target, schemas: readonly string[]): Promise<DatabaseDiff> {
  const [left, right] = [await catalogOf(from, schemas), await catalogOf(to, schemas)];
  const differences = driftDifferences(left, right);
  const facts = { from: from.label, to: to.label, schemas, differences };
  if (differences.length === 0) return { ...facts, statements: [], why: null };
  try {
    const [a, b] = [await readDiffState(from.url), await readDiffState(to.url)];
    const statements = diffStates(a, b)
      .filter(({ sql }) => isWithin(sql, schemas))
      .map(({ sql, losesData }) => ({ sql: sql.replace(/^(CREATE SCHEMA .*) AUTHORIZATION .*$/, '$1'), losesData }));
    return { ...facts, statements, why: null };
  } catch (error) {
    if (!(error instanceof DbError && error.code === 'DB_GENERATE')) throw error;
    return { ...facts, statements: null, why: error.facts.why };
  }
}

async function catalogOf(target: Target, schemas: readonly string[]) {
  await using session = await openSession(target, { app: 'db diff', readOnly: true });
  try {
    return await readCatalog(session.sql, schemas);
  } catch (error) {
    throw connectionCode(error) === undefined ? error : fromConnection(error, target);
  }
}

/** Of privileges, which say who may and not what is there. */
const NOT_COMPARED = new Set(['GrantStmt', 'GrantRoleStmt', 'AlterDefaultPrivilegesStmt', 'AlterOwnerStmt']);

/** Whether a statement is of one of the schemas; the library compares whole databases. The grammar is loaded by then. */
function isWithin(sql: string, schemas: readonly string[]): boolean {
  const parsed = parseSql(sql);
  if (!parsed.ok) return true;
  if (parsed.statements.some(({ kind }) => NOT_COMPARED.has(kind))) return false;
  const foreign = parsed.statements.some((statement) => {
    const schema = commentedSchema(statement);
    return schema !== undefined && !schemas.includes(schema);
  });
  if (foreign) return false;
  const named = [...touchedObjects(parsed.statements)].filter((name) => name !== '*');
  return named.length === 0 || named.some((name) => schemas.includes(name.slice(0, name.indexOf('.'))));
}

/** The schema that a COMMENT ON SCHEMA is about. */
function commentedSchema({ kind, node }: Statement): string | undefined {
  if (kind !== 'CommentStmt' || node['objtype'] !== 'OBJECT_SCHEMA') return undefined;
  return (node['object'] as { readonly String?: { readonly sval?: string } } | undefined)?.String?.sval;
}
