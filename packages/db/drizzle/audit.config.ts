import { defineConfig } from 'drizzle-kit';

/** For the generator only: paths are relative to packages/db, and there is no URL in it. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/audit/schema.ts',
  out: './migrations/audit',
});
