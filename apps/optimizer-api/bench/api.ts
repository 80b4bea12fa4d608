import { signInstanceToken } from '../src/crypto/instance-token.ts';
import { readApiEnv } from '../src/env.ts';
import { startApi } from '../src/start-api.ts';

/** Asks where the API is, and for a token of each shop. */
export interface Order {
  readonly instanceIds: readonly string[];
}

export interface Answer {
  readonly url: string;
  readonly tokens: readonly string[];
}

const env = readApiEnv();
const { url } = await startApi(env);

process.on('message', ({ instanceIds }: Order) => {
  const signDate = new Date().toISOString();
  const tokens = instanceIds.map((instanceId) => signInstanceToken({ instanceId, signDate }, env.WIX_APP_SECRET));
  process.send?.({ url, tokens } satisfies Answer);
});
process.send?.('ready');
