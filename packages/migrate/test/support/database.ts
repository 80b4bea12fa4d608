import { createTestDatabase, type DatabaseTemplate } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';

export interface Database extends AsyncDisposable {
  readonly url: string;
  readonly sql: Sql;
}

/** An empty database of one's own on a shared server. */
export function emptyDatabase(server: string): Promise<Database> {
  return databaseFrom(undefined, server);
}

/** A database of one's own on a shared server, with what the template holds. */
export async function databaseFrom(template: DatabaseTemplate | undefined, server: string): Promise<Database> {
  const database = await createTestDatabase(template, { server });
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
