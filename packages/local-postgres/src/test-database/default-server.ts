import { testDatabaseUrl } from '../env.ts';
import { startPostgres } from '../start.ts';

let started: Promise<string> | undefined;

/** TEST_DATABASE_URL, else a throwaway server of this process, started at the first call. */
export function defaultServer(): Promise<string> {
  const url = testDatabaseUrl();
  if (url !== undefined) return Promise.resolve(url);
  started ??= startPostgres().then(
    (server) => server.url,
    (error: unknown) => {
      started = undefined;
      throw error;
    },
  );
  return started;
}
