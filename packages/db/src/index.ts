/** The door of the package. A domain's tables are also at `@repo/db/<domain>`, which loads nothing of the others. */
export * as audit from './audit/index.ts';
export * as bot from './bot/index.ts';
export * from './client/index.ts';
export * from './errors.ts';
export * as optimizer from './optimizer/index.ts';
export * as train from './train/index.ts';
export * as video from './video/index.ts';
