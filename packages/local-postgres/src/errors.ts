/** Every failure this package reports on purpose. A code keeps its meaning for ever and is never reused. */
export const errorCodes = {
  LP_BAD_OPTION: 'an option or environment variable has a value that cannot mean anything',
  LP_UNKNOWN_VERSION: 'a PostgreSQL major version that this package cannot start',
  LP_URL_INVALID: 'a connection string that is not a postgres:// URL',
  LP_URL_UNREACHABLE: 'no PostgreSQL answers at the given URL',
  LP_PORT_TAKEN: 'another program listens on the wanted port',
  LP_FOLDER_UNWRITABLE: 'data cannot be kept in the given folder',
  LP_FOLDER_IN_USE: 'another live process runs a server on the same folder',
  LP_FOLDER_OTHER_VERSION: 'the folder holds data of another PostgreSQL major version',
  LP_FOLDER_DAMAGED: 'the folder says where its data is, and it is not there',
  LP_BINARIES_MISSING: 'the PostgreSQL programs for this platform are absent or cannot run',
  LP_START_FAILED: 'PostgreSQL or initdb ended before it was ready',
  LP_ENGINE_UNREACHABLE: 'no container engine answers',
  LP_CONTAINER_FAILED: 'the engine answers, and the container did not start',
  LP_TEMPLATE_FAILED: 'the build function of a template threw',
  LP_DATABASE_REFUSED: 'the server refused to create or clone a database',
  LP_NO_TEST_SERVER: 'a test asks for the shared servers, and the global setup did not start them',
} as const;

export type ErrorCode = keyof typeof errorCodes;

interface ErrorParts {
  /** What was wanted, in words that name the option. */
  expected: string;
  /** What was met instead. Never holds a password. */
  got: string;
  /** What the reader does next. */
  fix: string;
  cause?: unknown;
}

/** A failure with a code of {@link errorCodes}; its message says what was expected, what was met and how to mend it. */
export class LocalPostgresError extends Error {
  override readonly name = 'LocalPostgresError';
  readonly code: ErrorCode;
  readonly fix: string;

  constructor(code: ErrorCode, parts: ErrorParts) {
    const message = `${code}: expected ${parts.expected}, got ${parts.got}. Fix: ${parts.fix}.`;
    super(message, parts.cause === undefined ? {} : { cause: parts.cause });
    this.code = code;
    this.fix = parts.fix;
  }
}
