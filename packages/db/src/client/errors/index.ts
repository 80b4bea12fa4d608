export { DatabaseError, type DatabaseErrorFields } from './database-error.ts';
export * from './kinds.ts';
export { toDbError } from './to-db-error.ts';
