import { randomBytes, randomUUID } from 'node:crypto';
import { readApiEnv, readWorkerEnv } from '../src/env.ts';
import { startApi } from '../src/start-api.ts';
import { startWorker } from '../src/start-worker.ts';
import { startFakeModel } from '../test/support/fake-model.ts';
import { APP_SECRET, startFakeWix } from '../test/support/fake-wix.ts';
import { demoDatabaseUrl } from './env.ts';

/** A day: whoever copies a curl call does so later. */
const TOKEN_AGE_S = '86400';

/** API and worker on DATABASE_URL, with stand-ins for Wix and the model; one new shop with one job. Prints where everything is, and runs
 *  until SIGTERM. Nothing here is for production: keys and secrets are made up at each start. */
async function demo(url: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const wix = stack.use(await startFakeWix());
  const model = stack.use(await startFakeModel(200));
  const environment = {
    DATABASE_URL: url,
    LOG_LEVEL: 'error',
    PORT: '0',
    WORKER_PORT: '0',
    PUBLIC_URL: 'http://localhost',
    WIX_API_URL: wix.url,
    WIX_APP_ID: 'demo',
    WIX_APP_SECRET: APP_SECRET,
    WIX_WEBHOOK_PUBLIC_KEY: wix.publicKey,
    TOKEN_KEYS: `demo:${randomBytes(32).toString('base64')}`,
    CURSOR_SECRET: randomUUID(),
    INSTANCE_TOKEN_AGE_MAX_S: TOKEN_AGE_S,
    MODEL_PROVIDER: 'anthropic',
    MODEL_URL: model.url,
    MODEL_KEY: 'none',
    MODEL_NAME: 'demo',
  };
  const api = await startApi(readApiEnv(environment));
  stack.defer(() => api.stop());
  const worker = await startWorker(readWorkerEnv(environment));
  stack.defer(() => worker.stop());
  const instanceId = randomUUID();
  const start = await fetch(`${api.url}/oauth/start?token=demo`, { redirect: 'manual' });
  const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
  await fetch(`${api.url}/oauth/callback?code=code-${instanceId}&state=${encodeURIComponent(state)}`);
  const token = wix.instanceToken(instanceId);
  const job = await fetch(`${api.url}/jobs`, {
    method: 'POST',
    headers: { authorization: token, 'content-type': 'application/json' },
    body: JSON.stringify({
      sourceScope: 'products',
      sourceIds: ['cup', 'plate', 'bowl'],
      attributes: ['name', 'description'],
      targetLang: 'en',
      userPrompt: 'friendly and short',
    }),
  });
  if (job.status !== 201) throw new Error(`the demo job was answered with ${job.status}`);
  const { id } = (await job.json()) as { id: string };
  process.stdout.write(
    [
      `optimizer API     ${api.url}  (described at /openapi.json)`,
      `optimizer worker  ${worker.url}/metrics`,
      `demo job          ${api.url}/jobs/${id}  with the header`,
      `authorization: ${token}\n`,
    ].join('\n'),
  );
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

const url = demoDatabaseUrl();
if (url === undefined) {
  process.stderr.write('DATABASE_URL is not set: say which database the demo may use\n');
  process.exitCode = 64;
} else await demo(url);
