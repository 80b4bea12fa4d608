/** The fields of postgres.js' errors that are read. */
export interface DriverError {
  readonly code: string;
  readonly message: string;
  /** What Node asked of the system when its socket failed. */
  readonly syscall?: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly routine?: string;
  readonly schema_name?: string;
  readonly table_name?: string;
  readonly column_name?: string;
  readonly constraint_name?: string;
}

/** The driver's error in a chain of causes; undefined where there is none. */
export function findDriverError(error: unknown): DriverError | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1)
    if (isDriverError(at)) return at;
  return undefined;
}

function isDriverError(error: object): error is DriverError {
  return 'code' in error && typeof error.code === 'string' && 'message' in error && CODE.test(error.code);
}

/** SQLSTATE, a word of Node's sockets and TLS, or a word of the driver. */
const CODE =
  /^(?:[0-9A-Z]{5}|E[A-Z]{3,}|ERR_(?:TLS|SSL)_\w+|\w*(?:CERT|SIGNATURE)\w*|CONNECT\w+|UNSAFE_TRANSACTION|MAX_PARAMETERS_EXCEEDED|COPY_IN_PROGRESS)$/;
