/** The door for applications: tables, views, relations, row types and zod schemas of the train domain. */
export * from './relations.ts';
export * from './schema.ts';
export * from './types.ts';
export * from './zod.ts';
