export { type ErrorCode, errorCodes, LocalPostgresError } from './errors.ts';
export { startPostgres } from './start.ts';
export { sweep } from './sweep.ts';
export { createTestDatabase } from './test-database/create.ts';
export type { DatabaseTemplate, TestDatabase, TestDatabaseOptions } from './test-database/types.ts';
export type { LocalPostgres, Source, StartOptions } from './types.ts';
export { type PostgresVersion, supportedVersions } from './versions.ts';
