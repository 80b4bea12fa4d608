import { type CreateDbOptions, createDb, type Db } from '../../src/index.ts';
import type { appInstances } from '../../src/optimizer/index.ts';

/** A client of the optimizer domain on a test database. */
export function openDb(url: string, options: Partial<CreateDbOptions<'optimizer'>> = {}): Db<'optimizer'> {
  return createDb({ domain: 'optimizer', url, app: 'test', ...options });
}

/** A shop with everything that must be given. */
export const shop = (instanceId: string, more: Partial<typeof appInstances.$inferInsert> = {}) => ({
  instanceId,
  siteHost: 'shop.example.com',
  accessToken: 'secret-access',
  refreshToken: 'secret-refresh',
  tokenExpiresAt: new Date('2026-11-01T12:00:00.500Z'),
  ...more,
});

/** What a promise was rejected with. */
export async function failureOf(work: PromiseLike<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
