import { DbError } from '../errors/db-error.ts';

/** Takes a slug for a folder's name.
 *  @throws {DbError} DB_USAGE */
export function requireSlug(option: string, slug: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,47}$/.test(slug)) return slug;
  throw new DbError('DB_USAGE', {
    why: `${option}: expected lower-case words joined by - or _, at most 48 characters, got ${slug}`,
  });
}
