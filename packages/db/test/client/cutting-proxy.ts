import { connect, createServer, type Socket } from 'node:net';

/** Where a connection is cut. `before`: the server never sees COMMIT. `after`: it does, and its answer never comes back. */
export type Cut = 'before' | 'after' | undefined;

export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** Whether to cut at the next COMMIT. */
  decide: () => Cut;
  readonly cuts: { before: number; after: number };
  /** Connections that are cut as soon as the server is ready for queries. */
  cutReady: number;
  /** How a cut ends the connection to the client; it is closed unless said. */
  sever: (client: Socket) => void;
  /** Connections that there are stay, new ones are refused. */
  refuse(): void;
  /** Resets all connections at once. */
  reset(): void;
  /** From now on nothing passes on the connections that there are, and nothing closes them: a host that vanished. */
  freeze(): void;
}

/** Stands between client and server and cuts connections at COMMIT. */
export async function startCuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const cuts = { before: 0, after: 0 };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}).on('close', () => end()));
    const end = () => {
      for (const socket of [client, upstream]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    const isReady = readyDetector();
    upstream.on('data', (data) => {
      client.write(data);
      if (proxy.cutReady === 0 || !isReady(data)) return;
      proxy.cutReady -= 1;
      // once the client has sent what it sends first
      client.once('data', () => cutOff());
    });
    const cutOff = () => {
      proxy.sever(client);
      end();
    };
    const isCommit = commitDetector();
    client.on('data', (data) => {
      const cut = isCommit(data) ? proxy.decide() : undefined;
      if (cut === undefined) return void upstream.write(data);
      cuts[cut] += 1;
      if (cut === 'before') return cutOff();
      upstream.removeAllListeners('data').once('data', cutOff);
      upstream.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const proxy: CuttingProxy = {
    url: Object.assign(new URL(serverUrl), { hostname: '127.0.0.1', port: String(port) }).href,
    decide: () => undefined,
    cutReady: 0,
    cuts,
    sever: (client) => client.destroy(),
    refuse: () => void server.close(),
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    freeze: () => {
      for (const socket of sockets) socket.removeAllListeners('data').pause();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/** Knows COMMIT by its text, and by the name under which it was prepared on this connection. */
function commitDetector(): (data: Buffer) => boolean {
  let name: string | undefined;
  return (data) => {
    const text = data.toString('latin1');
    name ??= /([a-z0-9]+)\0commit\0/.exec(text)?.[1];
    return text.includes('commit\0') || (name !== undefined && text.includes(`\0${name}\0`));
  };
}

/** Knows the first ReadyForQuery of a connection, which is at the end of what the server sent. */
function readyDetector(): (data: Buffer) => boolean {
  let isReady = false;
  return (data) => {
    if (isReady) return false;
    isReady = data.subarray(-6, -1).toString('latin1') === 'Z\0\0\0\x05';
    return isReady;
  };
}
