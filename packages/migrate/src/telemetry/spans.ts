/** The little of `@opentelemetry/api` that is used; the package itself is optional. */
interface Span {
  setAttribute(name: string, value: string | number | boolean): unknown;
  recordException(error: Error): void;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

interface Tracer {
  startActiveSpan<T>(name: string, options: { attributes: Attributes }, body: (span: Span) => Promise<T>): Promise<T>;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

const STATUS_ERROR = 2;

let tracer: Promise<Tracer | null> | undefined;

/** Runs `body` in a span with its real duration where `@opentelemetry/api` is installed, and plainly where it is not. Attributes
 *  hold names and counts, never values. */
export async function withSpan<T>(name: string, attributes: Attributes, body: () => Promise<T>): Promise<T> {
  tracer ??= loadTracer();
  const loaded = await tracer;
  if (loaded === null) return await body();
  return await loaded.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await body();
    } catch (error) {
      if (error instanceof Error) span.recordException(error);
      span.setStatus({ code: STATUS_ERROR, ...(error instanceof Error ? { message: error.message } : {}) });
      throw error;
    } finally {
      span.end();
    }
  });
}

async function loadTracer(): Promise<Tracer | null> {
  // Not written as a literal: the package is looked for at run time only.
  const optional = '@opentelemetry/api';
  try {
    const api: { trace: { getTracer(name: string): Tracer } } = await import(optional);
    return api.trace.getTracer('@repo/migrate');
  } catch {
    return null;
  }
}
