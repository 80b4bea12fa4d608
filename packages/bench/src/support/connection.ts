import postgres, { type Sql } from 'postgres';

/** One connection that costs one handshake: no type look-up, no notices. Whoever opens it ends it. */
export function connect(url: string): Sql {
  return postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
}

/** Runs `body` on a connection of its own, closed afterwards. */
export async function withConnection<T>(url: string, body: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(url);
  try {
    return await body(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
