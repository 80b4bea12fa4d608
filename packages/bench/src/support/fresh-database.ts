import { createTestDatabase, type DatabaseTemplate, type LocalPostgres, type TestDatabase } from '@repo/local-postgres';

/** A database that is new before every run. The old one is dropped when the next is asked for, outside what is timed. */
export class FreshDatabase {
  readonly #server: LocalPostgres;
  readonly #template: DatabaseTemplate | undefined;
  /** Throws where the run did not do what it was timed for. */
  readonly #check: (url: string) => Promise<void>;
  #database: TestDatabase | undefined;

  constructor(
    server: LocalPostgres,
    template?: DatabaseTemplate,
    check: (url: string) => Promise<void> = async () => {},
  ) {
    this.#server = server;
    this.#template = template;
    this.#check = check;
  }

  /** URL of the present one. */
  get url(): string {
    if (this.#database === undefined) throw new Error('expected renew() before url');
    return this.#database.url;
  }

  async renew(): Promise<void> {
    await this.drop();
    this.#database = await createTestDatabase(this.#template, { server: this.#server.url });
  }

  /** @throws {Error} where the check does; the database is dropped all the same. */
  async drop(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    if (database === undefined) return;
    try {
      await this.#check(database.url);
    } finally {
      await database.drop();
    }
  }
}
