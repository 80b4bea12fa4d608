/** The door for an application that migrates itself at its start, or waits until somebody has. */
export type { MigrateResult } from './apply/report.ts';
export type { DomainConfig } from './config/config.ts';
export { DbError } from './errors/db-error.ts';
export { type SchemaReady, type WaitForSchemaOptions, waitForSchema } from './seeing/wait-for-schema.ts';
export type { Logger, PinoLike, WinstonLike } from './start/logger.ts';
export { migrate, type StartOptions } from './start/migrate.ts';
