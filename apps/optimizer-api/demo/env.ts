/** The database that the demo runs on. undefined: none was given. */
export const demoDatabaseUrl = (): string | undefined => process.env['DATABASE_URL'] || undefined;
