import { DatabaseError, toDbError } from '../errors/index.ts';
import { currentTracer, type Span } from './open-telemetry.ts';

const CLIENT = 2;
const ERROR = 2;

/** A span for one query, with the name of what is done to which table and no value: `SELECT optimizer.jobs`. undefined where the
 *  program does not trace.
 *  Source: OpenTelemetry's semantic conventions for database clients */
export function startQuerySpan(text: string, domain: string): Span | undefined {
  const tracer = currentTracer();
  if (tracer === undefined) return undefined;
  const { operation, table } = summarize(text);
  return tracer.startSpan(table === '' ? operation : `${operation} ${table}`, {
    kind: CLIENT,
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': domain,
      'db.operation.name': operation,
      ...(table !== '' && { 'db.collection.name': table }),
    },
  });
}

/** The message of an error may name what a program should not tell; its kind and SQLSTATE do not. */
export function endQuerySpan(span: Span, error?: unknown): void {
  if (error !== undefined) {
    const typed = toDbError(error);
    span.setStatus({ code: ERROR });
    span.setAttribute('error.type', typed instanceof Error ? typed.name : 'unknown');
    if (typed instanceof DatabaseError) span.setAttribute('db.response.status_code', typed.sqlState);
  }
  span.end();
}

const OPERATION = /^\s*(?:\/\*.*?\*\/\s*)*(?:with\b[\s\S]*?\)\s*(?=select|insert|update|delete))?([a-z]+)/i;
const TABLE = /\b(?:from|into|update|join|table)\s+(?:only\s+)?((?:"[^"]+"|\w+)\.(?:"[^"]+"|\w+))/i;

/** The first word, and the first table that is named with its schema: names only, whatever the text is. */
function summarize(text: string): { operation: string; table: string } {
  const operation = OPERATION.exec(text)?.[1]?.toUpperCase() ?? 'QUERY';
  return { operation, table: TABLE.exec(text)?.[1]?.replaceAll('"', '') ?? '' };
}
