/** The little of OpenTelemetry's API that is used. */
export interface Span {
  setAttribute(name: string, value: string): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
}

interface Tracer {
  startSpan(name: string, options: { kind: number; attributes: Readonly<Record<string, string>> }): Span;
}

interface Observer {
  observe(metric: unknown, value: number, attributes: Readonly<Record<string, string>>): void;
}

interface Meter {
  createObservableUpDownCounter(name: string, options: { description: string; unit: string }): unknown;
  addBatchObservableCallback(callback: (observer: Observer) => void, metrics: unknown[]): void;
  removeBatchObservableCallback(callback: (observer: Observer) => void, metrics: unknown[]): void;
}

interface Api {
  readonly trace?: { getTracer(name: string): Tracer };
  readonly metrics?: { getMeter(name: string): Meter };
}

const NAME = '@repo/db';
/** Where every copy of `@opentelemetry/api` 1.x puts what the program has set up; so it is found without being a dependency. */
const API = Symbol.for('opentelemetry.js.api.1');
const slot = globalThis as typeof globalThis & { readonly [API]?: Api };

let from: Api['trace'];
let tracer: Tracer | undefined;

/** undefined: the program traces nothing. */
export function currentTracer(): Tracer | undefined {
  const trace = slot[API]?.trace;
  if (trace !== from) {
    from = trace;
    tracer = trace?.getTracer(NAME);
  }
  return tracer;
}

/** undefined: the program measures nothing. */
export function currentMeter(): Meter | undefined {
  return slot[API]?.metrics?.getMeter(NAME);
}
