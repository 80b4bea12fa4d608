/** Names of the engine's advisory locks. They are hashed to 64 bits; Postgres keeps them apart per database. */
export const lockName = {
  history: '@repo/migrate:history',
  domain: (domain: string) => `@repo/migrate:domain:${domain}`,
  backfill: (domain: string, name: string) => `@repo/migrate:backfill:${domain}:${name}`,
} as const;
