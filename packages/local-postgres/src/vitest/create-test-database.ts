import { createTestDatabase as createOnAnyServer } from '../test-database/create.ts';
import type { DatabaseTemplate, TestDatabase, TestDatabaseOptions } from '../test-database/types.ts';
import { testServers } from './test-servers.ts';

/** As `createTestDatabase` of the main entry, on the newest shared server of this run unless `server` names another.
 *  @throws {LocalPostgresError} LP_NO_TEST_SERVER, LP_DATABASE_REFUSED, LP_TEMPLATE_FAILED */
export async function createTestDatabase(
  template?: DatabaseTemplate,
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  return createOnAnyServer(template, { server: options.server ?? testServers().at(-1)?.url ?? '' });
}
