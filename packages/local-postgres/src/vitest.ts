/* Two doors in one: vitest's `globalSetup` takes the default export, test files take the rest. */
export type { DatabaseTemplate, TestDatabase, TestDatabaseOptions } from './test-database/types.ts';
export { createTestDatabase } from './vitest/create-test-database.ts';
export { default } from './vitest/global-setup.ts';
export { type TestServer, testServers } from './vitest/test-servers.ts';
