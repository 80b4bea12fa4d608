/** A database that is built once per server and cloned for every test file. */
export interface DatabaseTemplate {
  /** Names the content too (for example with a hash of the migrations): equal names are taken for equal content. */
  name: string;
  /** Fills the empty database behind the URL. Called once per server, whoever comes first; must close what it opens. */
  build(url: string): Promise<void>;
}

/** A database of one's own: `await using database = await createTestDatabase()`. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
  /** Removes the database and ends the sessions that are still open in it. Safe to call twice. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Connection string of a server on which we may create databases. Absent: see `createTestDatabase`. */
  server?: string;
  /** Name of a database of that server to copy, instead of a template. Nobody else may be connected to it, and whoever copies owns it
   *  or is a superuser. */
  from?: string;
}
