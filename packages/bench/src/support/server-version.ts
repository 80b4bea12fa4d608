import { withConnection } from './connection.ts';

/** The server's own words, such as `18.4`. */
export async function serverVersion(url: string): Promise<string> {
  return await withConnection(url, async (sql) => {
    const [row] = await sql<{ server_version: string }[]>`show server_version`;
    return row?.server_version ?? '';
  });
}
