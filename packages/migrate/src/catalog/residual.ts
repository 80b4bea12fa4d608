import { extract } from '@supabase/pg-delta/extract';
import { plan } from '@supabase/pg-delta/plan';
import pg from 'pg';
import { DbError } from '../errors/db-error.ts';

/** The statements that turn the catalog of one scratch database into that of another, in dependency order; empty where they are
 *  equal. Owners are left out: they say who built the scratch databases. This module alone knows the diff library (ADR 0006).
 *  @throws {DbError} DB_GENERATE for an object of a kind that the library does not model: it is never passed over */
export async function residualStatements(fromUrl: string, toUrl: string): Promise<readonly string[]> {
  const [from, to] = await Promise.all([read(fromUrl), read(toUrl)]);
  const unmodeled = [...from.diagnostics, ...to.diagnostics].filter(({ code }) => code === 'unmodeled_kind');
  if (unmodeled.length > 0) {
    throw new DbError('DB_GENERATE', {
      why: `objects that cannot be compared: ${unmodeled.map(({ message }) => message).join('; ')}`,
    });
  }
  return plan(from.factBase, to.factBase)
    .actions.map(({ sql }) => sql.replace(/[\s;]+$/, ''))
    .filter((sql) => !OWNER.test(sql));
}

/** How the library writes an owner, always as a statement of its own. */
const OWNER = /^ALTER [A-Z ]+ .* OWNER TO "[^"]+"$/;

async function read(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  try {
    return await extract(pool);
  } finally {
    await pool.end();
  }
}
