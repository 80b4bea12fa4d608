/** The door for applications: tables, relations, row types and zod schemas of the optimizer domain. */
export * from './relations.ts';
export * from './schema.ts';
export * from './types.ts';
export * from './zod.ts';
