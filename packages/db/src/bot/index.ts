/** The door for apps: tables, relations, row types and validation. */
export * from './config-defaults.ts';
export * from './config-sections.ts';
export * from './relations.ts';
export * from './schema.ts';
export * from './types.ts';
export * from './zod.ts';
