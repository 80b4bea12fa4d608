import { type ExtractResult, extract } from '@supabase/pg-delta/extract';
import { plan } from '@supabase/pg-delta/plan';
import pg from 'pg';
import { DbError } from '../errors/db-error.ts';
import { defaultsBehindTypes } from './defaults-behind-types.ts';
import { planSettings, readSettings, type Settings } from './settings.ts';

/** A database as the diff sees it, read once. */
export interface DiffState {
  readonly facts: ExtractResult['factBase'];
  readonly settings: Settings;
}

/** One statement of a diff. */
export interface DiffStatement {
  /** Without a semicolon at its end. */
  readonly sql: string;
  /** Rows or values go with it. */
  readonly losesData: boolean;
}

/** Reads a scratch database for `diffStates`.
 *  @throws {DbError} DB_GENERATE for an object of a kind that cannot be compared: it is never passed over */
export async function readDiffState(url: string): Promise<DiffState> {
  const pool = new pg.Pool({ connectionString: url, max: 2, options: '-c jit=off' });
  // A database that is dropped while a client says goodbye must not end the program; a query that fails is thrown all the same.
  pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
  try {
    const { factBase, diagnostics } = await extract(pool);
    const unmodeled = diagnostics.filter(({ code, context }) => code === 'unmodeled_kind' && !isOurs(context));
    if (unmodeled.length > 0) {
      const why = `objects that cannot be compared: ${unmodeled.map(({ message }) => message).join('; ')}`;
      throw new DbError('DB_GENERATE', { why });
    }
    return { facts: factBase, settings: await readSettings(async (text) => (await pool.query(text)).rows) };
  } finally {
    await pool.end();
  }
}

/** Kinds that the library detects and `settings.ts` compares. */
function isOurs(context: unknown): boolean {
  return (context as { readonly kind?: unknown } | undefined)?.kind === 'statistics object';
}

/** The statements that turn one state into another, in dependency order; empty where they are equal. Owners are left out: they say who
 *  built the scratch databases; roles too: they belong to the server, where others make and drop theirs meanwhile. This module alone knows the diff library (ADR 0006). Pure. */
export function diffStates(from: DiffState, to: DiffState): readonly DiffStatement[] {
  const { first, last } = planSettings(from.settings, to.settings);
  const actions = plan(from.facts, to.facts)
    .actions.map(({ sql, dataLoss }) => ({
      sql: wholeIndex(sql.replace(/[\s;]+$/, '')),
      losesData: dataLoss === 'destructive',
    }))
    .filter(({ sql }) => !OWNER.test(sql) && !OF_SERVER.test(sql));
  const [onColumns, others] = [actions.filter(isOnColumns), actions.filter((action) => !isOnColumns(action))];
  const own = (sql: string) => ({ sql, losesData: false });
  return [...first.map(own), ...defaultsBehindTypes(notNullFirst(others)), ...onColumns, ...last.map(own)];
}

/** An identity is given only to a column that is NOT NULL; the library writes the two by the names of their attributes. */
function notNullFirst(actions: readonly DiffStatement[]): readonly DiffStatement[] {
  const notNull = (column: string) => actions.findIndex(({ sql }) => sql === `${column} SET NOT NULL`);
  const late = actions.map(({ sql }, at) => {
    const found = notNull(/^(ALTER TABLE .* ALTER COLUMN .*) ADD GENERATED /s.exec(sql)?.[1] ?? '');
    return found > at ? found : -1;
  });
  return actions.flatMap((action, at) => {
    const before = actions[late[at] ?? -1];
    if (before !== undefined) return [before, action];
    return late.includes(at) ? [] : [action];
  });
}

/** The statements that turn the catalog of one scratch database into that of another.
 *  @throws {DbError} DB_GENERATE for an object of a kind that cannot be compared */
export async function residualStatements(fromUrl: string, toUrl: string): Promise<readonly string[]> {
  const [from, to] = await Promise.all([readDiffState(fromUrl), readDiffState(toUrl)]);
  return diffStates(from, to).map(({ sql }) => sql);
}

/** How the library writes an owner, always as a statement of its own. */
const OWNER = /^ALTER [A-Z ]+ .* OWNER TO "[^"]+"$/;

/** How the library writes roles and who is a member of whom. */
const OF_SERVER =
  /^(?:(?:CREATE|ALTER|DROP) ROLE |(?:GRANT|REVOKE) (?:ADMIN OPTION FOR )?"(?:[^"]|"")+" (?:TO|FROM) ")/;

/** The library writes the index of a partitioned table on the parent only, and none for the partitions: it would stay INVALID. */
function wholeIndex(sql: string): string {
  return sql.replace(/^(CREATE (?:UNIQUE )?INDEX .*?) ON ONLY /, '$1 ON ');
}

/** A privilege on columns; one on the table that comes later would take it away again. */
function isOnColumns({ sql }: DiffStatement): boolean {
  return /^(GRANT|REVOKE) [A-Z, ]+\(/.test(sql);
}
