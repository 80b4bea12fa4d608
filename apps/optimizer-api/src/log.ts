import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on stdout. Errors are logged by name and message only: a driver's error carries values of rows, a request's its headers. */
export function createLog(name: string, level: string): Logger {
  return pino({ name, level, serializers: { error: serializeError } });
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  return { name: error.name, message: error.message, stack: error.stack };
}
