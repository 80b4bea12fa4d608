import { signInstanceToken } from '../src/crypto/instance-token.ts';
import { readApiEnv } from '../src/env.ts';
import { startApi } from '../src/start-api.ts';

/** Asks where the API is, and for the token of a shop. */
export interface Order {
  readonly instanceId: string;
}

export interface Answer {
  readonly url: string;
  readonly token: string;
}

const env = readApiEnv();
const { url } = await startApi(env);

process.on('message', ({ instanceId }: Order) => {
  const token = signInstanceToken({ instanceId, signDate: new Date().toISOString() }, env.WIX_APP_SECRET);
  process.send?.({ url, token } satisfies Answer);
});
process.send?.('ready');
