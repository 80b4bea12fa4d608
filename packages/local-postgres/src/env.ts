/* The one place that reads the environment. An empty variable counts as absent. */

const read = (name: string): string | undefined => process.env[name]?.trim() || undefined;

/** Where a container engine listens, as Docker's own client reads it. */
export const dockerHost = (): string | undefined => read('DOCKER_HOST');

/** A running server for tests. Never DATABASE_URL: tests drop databases. */
export const testDatabaseUrl = (): string | undefined => read('TEST_DATABASE_URL');

/** Major versions that a test run starts, comma-separated. */
export const testPostgres = (): string | undefined => read('TEST_POSTGRES');

/** Image instead of `postgres:{version}`; `{version}` in it stands for the major version. */
export const testPostgresImage = (): string | undefined => read('TEST_POSTGRES_IMAGE');
