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

// A process of its own: who sends has a clock that the server does not hold up.
process.on('message', ({ url, tokens, connections, requests }: Order) => {
  let opened = 0;
  const setupClient = (client: autocannon.Client) => {
    client.setHeaders({ authorization: tokens[opened % tokens.length] ?? '' });
    opened += 1;
  };
  autocannon({ url, connections, amount: requests, setupClient }).then(
    ({ non2xx, errors, duration, latency }) =>
      process.send?.(
        non2xx + errors > 0
          ? { failed: `${non2xx} refused, ${errors} without an answer` }
          : { requestsPerSecond: requests / duration, p99Ms: latency.p99 },
      ),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.('ready');
