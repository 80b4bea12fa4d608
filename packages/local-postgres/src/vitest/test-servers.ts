import { inject } from 'vitest';
import { LocalPostgresError } from '../errors.ts';

/** A shared server of this test run. */
export interface TestServer {
  /** Major version that the server reports. */
  version: number;
  /** Connection string of its superuser, or of the role in TEST_DATABASE_URL. */
  url: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    localPostgresServers: TestServer[];
  }
}

/** The servers of this run, oldest first: made for `describe.each(testServers())('on PostgreSQL $version', …)`.
 *  @throws {LocalPostgresError} LP_NO_TEST_SERVER where vitest.config.ts names no global setup of ours */
export function testServers(): TestServer[] {
  const servers = inject('localPostgresServers');
  if (servers !== undefined && servers.length > 0) return servers;
  throw new LocalPostgresError('LP_NO_TEST_SERVER', {
    expected: 'the shared test servers to be started before the tests',
    got: 'none provided',
    fix: "add `globalSetup: ['@repo/local-postgres/vitest']` to `test` in the package's vitest.config.ts",
  });
}
