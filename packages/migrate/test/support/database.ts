import { createTestDatabase } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';

export interface Database extends AsyncDisposable {
  readonly url: string;
  readonly sql: Sql;
}

/** An empty database of one's own on a shared server. */
export async function emptyDatabase(server: string): Promise<Database> {
  const database = await createTestDatabase(undefined, { server });
  const sql = postgres(database.url, { max: 4, onnotice: () => {} });
  return {
    url: database.url,
    sql,
    [Symbol.asyncDispose]: async () => {
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}
