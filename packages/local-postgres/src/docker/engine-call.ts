import { type IncomingMessage, request } from 'node:http';

/** How long an engine may take to answer, milliseconds; a stop waits for the server in the container. */
const ANSWER_MS = { GET: 2_000, POST: 40_000, DELETE: 40_000 };

export interface EngineAnswer {
  status: number;
  body: string;
}

/** One request to a container engine's API, at an address as in DOCKER_HOST; undefined where nobody answers in time. */
export function callEngine(
  engine: string,
  method: keyof typeof ANSWER_MS,
  path: string,
): Promise<EngineAnswer | undefined> {
  const target = requestTarget(engine);
  if (target === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const sent = request({ ...target, method, path, timeout: ANSWER_MS[method] }, (response) =>
      resolve(read(response)),
    );
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => resolve(undefined));
    sent.end();
  });
}

async function read(response: IncomingMessage): Promise<EngineAnswer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
    return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
  } catch {
    return undefined;
  }
}

function requestTarget(engine: string): { socketPath: string } | { host: string; port: string } | undefined {
  if (engine.startsWith('unix://')) return { socketPath: engine.slice('unix://'.length) };
  if (engine.startsWith('npipe://')) return { socketPath: engine.slice('npipe://'.length).replaceAll('/', '\\') };
  const url = URL.parse(engine);
  return url === null ? undefined : { host: url.hostname, port: url.port === '' ? '2375' : url.port };
}
