/** What was asked of the client cannot be: a fault in the calling code or its configuration. What the database refuses is a
 *  DatabaseError. */
export class DbClientError extends Error {
  readonly code:
    | 'DB_CLIENT_URL_MISSING'
    | 'DB_CLIENT_URL_INVALID'
    | 'DB_CLIENT_UNKNOWN_DOMAIN'
    | 'DB_CLIENT_UNKNOWN_COLUMN'
    | 'DB_CLIENT_NO_WHERE'
    | 'DB_CLIENT_CURSOR_INVALID'
    | 'DB_CLIENT_PAGE_INVALID'
    | 'DB_CLIENT_TENANT_INVALID'
    | 'DB_CLIENT_POOLER'
    | 'DB_CLIENT_CLOSED'
    | 'DB_CLIENT_ROW_INVALID';

  constructor(code: DbClientError['code'], message: string) {
    super(message);
    this.name = 'DbClientError';
    this.code = code;
  }
}

export * from './client/errors/index.ts';
