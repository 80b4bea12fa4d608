/** The door for a project's `db.config.ts` and domain folders: configuration types and the declarations the engine reads. */
export type { AdoptMapping, ColumnMapping, DuplicateRule, RowRule, TableMapping } from './adopt/mapping.ts';
export type { Backfill } from './backfill/backfill.ts';
export { type Config, type DomainConfig, type DomainModule, defineConfig } from './config/config.ts';
export type { AllowedDrift } from './config/drift.ts';
export type { AllowedEdit } from './config/edits.ts';
export type { GeneratedFiles } from './config/generated.ts';
export type { HookContext, Hooks } from './config/hooks.ts';
export type { DomainRoles, OwnerRoles } from './config/roles.ts';
export type { DemoOptions, Seed, SeedCount } from './config/seed.ts';
export { comment } from './objects/comment.ts';
export { index } from './objects/create-index.ts';
export { extension } from './objects/extension.ts';
export { sqlFunction } from './objects/function.ts';
export type { SqlObject } from './objects/object.ts';
export { storage } from './objects/storage.ts';
export { trigger } from './objects/trigger.ts';
