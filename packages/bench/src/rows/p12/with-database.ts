import { createTestDatabase, type DatabaseTemplate, type LocalPostgres } from '@repo/local-postgres';

/** Runs `body` on a database of its own, dropped afterwards: what a test file does. Absent template: an empty database. */
export async function withDatabase<T>(
  server: LocalPostgres,
  template: DatabaseTemplate | undefined,
  body: (url: string) => Promise<T>,
): Promise<T> {
  await using database = await createTestDatabase(template, { server: server.url });
  return await body(database.url);
}
