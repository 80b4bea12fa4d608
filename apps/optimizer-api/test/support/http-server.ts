import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server can be told to do instead of answering: a status, an answer that is no JSON, silence, also after it has done what was
 *  asked, or a cut connection. */
export type Failure = number | 'malformed' | 'silent' | 'done, then silent' | 'cut';

export interface LocalServer extends AsyncDisposable {
  readonly url: string;
  /** Every call so far, in order. */
  readonly calls: readonly Call[];
  /** Failures of the next calls whose path contains the word, in order; then it answers again. */
  failNext(word: string, ...failures: readonly Failure[]): void;
}

/** A real HTTP server on a free port that answers as told. */
export async function startHttpServer(answer: (call: Call) => Answer | Promise<Answer>): Promise<LocalServer> {
  const calls: Call[] = [];
  const failures: { readonly word: string; readonly failure: Failure }[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const call = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: await readBody(request),
    };
    calls.push(call);
    const at = failures.findIndex(({ word }) => call.path.includes(word));
    const [failing] = at < 0 ? [] : failures.splice(at, 1);
    if (failing?.failure === 'done, then silent') await answer(call);
    else if (failing !== undefined) fail(response, failing.failure);
    else send(response, await answer(call));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    failNext: (word, ...next) => failures.push(...next.map((failure) => ({ word, failure }))),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function send(response: ServerResponse, { status = 200, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function fail(response: ServerResponse, failure: Exclude<Failure, 'done, then silent'>): void {
  if (failure === 'silent') return;
  if (failure === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"pro');
    setTimeout(() => response.destroy(), 10);
    return;
  }
  if (failure === 'malformed') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('<html>not json</html>');
    return;
  }
  response.writeHead(failure, failure === 429 ? { 'retry-after': '0' } : {});
  response.end('{}');
}
