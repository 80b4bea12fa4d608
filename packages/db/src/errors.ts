/** An error of the client itself; driver errors pass through unchanged. */
export class DbClientError extends Error {
  readonly code: 'DB_CLIENT_URL_MISSING' | 'DB_CLIENT_URL_INVALID' | 'DB_CLIENT_UNKNOWN_DOMAIN';

  constructor(code: DbClientError['code'], message: string) {
    super(message);
    this.name = 'DbClientError';
    this.code = code;
  }
}
