import autocannon from 'autocannon';

export interface Order {
  readonly url: string;
  /** One a connection, in turn. */
  readonly tokens: readonly string[];
  readonly connections: number;
  readonly requests: number;
}

export interface Answer {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
}

async function load({ url, tokens, connections, requests }: Order): Promise<Answer> {
  let opened = 0;
  const setupClient = (client: autocannon.Client) => {
    client.setHeaders({ authorization: tokens[opened % tokens.length] ?? '' });
    opened += 1;
  };
  const begun = performance.now();
  // autocannon itself counts in whole seconds
  let lastAt = begun;
  const { non2xx, errors, latency } = await new Promise<autocannon.Result>((resolve, reject) => {
    const loading = autocannon({ url, connections, amount: requests, setupClient }, (error, result) =>
      error ? reject(error) : resolve(result),
    );
    loading.on('response', () => {
      lastAt = performance.now();
    });
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} refused, ${errors} without an answer`);
  return { requestsPerSecond: (requests * 1_000) / (lastAt - begun), p99Ms: latency.p99 };
}

// A process of its own: who sends has a clock that the server does not hold up.
process.on('message', (order: Order) => {
  load(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.('ready');
