import { randomBytes, randomUUID } from 'node:crypto';
import type { WorkerEnv } from '../../src/env.ts';
import { readApiEnv, readWorkerEnv } from '../../src/env.ts';
import { type Started, startApi } from '../../src/start-api.ts';
import { startWorker } from '../../src/start-worker.ts';
import type { AnswerBody } from './answer-body.ts';
import { type AppDatabase, appDatabase } from './database.ts';
import { startFakeModel } from './fake-model.ts';
import { APP_SECRET, type FakeWix, startFakeWix } from './fake-wix.ts';
import type { LocalServer } from './http-server.ts';

export interface Tenant {
  readonly instanceId: string;
  /** Calls the API as this tenant; `more` replaces parts of the request. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Empty where the answer is no JSON. */
  readonly body: AnswerBody;
  readonly text: string;
}

/** The API on a database of its own, with stand-ins for Wix and the model. */
export interface RunningApp extends AsyncDisposable {
  readonly url: string;
  readonly database: AppDatabase;
  readonly wix: FakeWix;
  readonly model: LocalServer;
  /** For an API in a process of its own. */
  readonly apiEnvironment: Readonly<Record<string, string>>;
  /** For a worker in a process of its own. */
  readonly workerEnvironment: Readonly<Record<string, string>>;
  /** Installs the app on a new site. */
  install(): Promise<Tenant>;
  /** Starts a worker in this process; it is stopped with the rest. */
  work(changes?: Partial<WorkerEnv>): Promise<Started>;
}

export async function startTestApp(
  server: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await appDatabase(server));
  const wix = stack.use(await startFakeWix());
  const model = stack.use(await startFakeModel());
  const shared = {
    LOG_LEVEL: 'silent',
    WIX_API_URL: wix.url,
    WIX_APP_ID: 'app',
    WIX_APP_SECRET: APP_SECRET,
    TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  const apiEnvironment = {
    ...shared,
    DATABASE_URL: database.appUrl,
    PORT: '0',
    PUBLIC_URL: 'https://optimizer.example.com',
    WIX_WEBHOOK_PUBLIC_KEY: wix.publicKey,
    CURSOR_SECRET: randomUUID(),
    REQUESTS_PER_MINUTE: '1000000',
    ...environment,
  };
  const workerEnvironment = {
    ...shared,
    WORKER_DATABASE_URL: database.workerUrl,
    WORKER_PORT: '0',
    MODEL_PROVIDER: 'anthropic',
    MODEL_URL: model.url,
    MODEL_KEY: 'key of the fake model',
    MODEL_NAME: 'fake',
    DRAIN_S: '5',
    ...environment,
  };
  const api = await startApi(readApiEnv(apiEnvironment));
  stack.defer(() => api.stop());
  return {
    url: api.url,
    database,
    wix,
    model,
    apiEnvironment,
    workerEnvironment,
    install: async () => {
      const instanceId = randomUUID();
      const start = await fetch(`${api.url}/oauth/start?token=t`, { redirect: 'manual' });
      const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
      const answer = await fetch(
        `${api.url}/oauth/callback?code=code-${instanceId}&state=${encodeURIComponent(state)}`,
      );
      if (answer.status !== 200) throw new Error(`the installation answered ${answer.status}: ${await answer.text()}`);
      return tenantOf(api.url, wix, instanceId);
    },
    work: async (changes = {}) => {
      const worker = await startWorker({ ...readWorkerEnv(workerEnvironment), ...changes });
      stack.defer(() => worker.stop());
      return worker;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export function tenantOf(url: string, wix: FakeWix, instanceId: string): Tenant {
  return {
    instanceId,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: wix.instanceToken(instanceId), 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
      const answer = (isJson ? JSON.parse(text) : {}) as AnswerBody;
      return { status: response.status, headers: response.headers, body: answer, text };
    },
  };
}

/** Asks again until the answer is as wanted; 30 s at most. */
export async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const endsAt = performance.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (performance.now() > endsAt) throw new Error(`not within 30 s; the last answer: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
