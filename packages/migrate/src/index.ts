/** The library door: what an application calls to migrate itself. Configuration types are in `@repo/migrate/config`. */
export { type MigrateOptions, migrateDomain } from './apply/migrate-domain.ts';
export type { AppliedNow, ApplyEvent, MigrateResult, PlannedApply } from './apply/report.ts';
export { statusDomain } from './apply/status-domain.ts';
export { declaredRelations } from './catalog/missing-relations.ts';
export { type Catalog, type CatalogDifference, compareCatalogs, readCatalog } from './catalog/read-catalog.ts';
export { parseTarget, type Target } from './connect/target.ts';
export { type DriftReport, driftDomain } from './drift/drift-domain.ts';
export { ERRORS, type ErrorCode, EXIT } from './errors/codes.ts';
export { DbError } from './errors/db-error.ts';
export type { MigrationState, Plan, PlannedMigration } from './plan/plan.ts';
export { applyRoles, type RolesReport } from './roles/apply-roles.ts';
export type { RollbackExtent } from './rollback/extent.ts';
export type { PlannedRollback, RollbackEvent, RollbackResult, RolledBackNow } from './rollback/report.ts';
export { previewRollback, type RollbackOptions, rollbackDomain } from './rollback/rollback-domain.ts';
export { type VerifyReport, verifyDomain } from './seeing/verify-domain.ts';
export { type SchemaReady, type WaitForSchemaOptions, waitForSchema } from './seeing/wait-for-schema.ts';
export { loadGrammar, parseSql, type Statement } from './sql/parse.ts';
