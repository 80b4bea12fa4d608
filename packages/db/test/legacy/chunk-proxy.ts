import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ChunkProxy extends AsyncDisposable {
  readonly url: string;
  /** How many chunks clients have sent so far. */
  readonly sent: () => number;
}

/** Stands between clients and a server, and cuts all connections at the n-th chunk that a client sends, before or after it is handed on. A
 *  chunk is one message or several that were sent together. */
export async function createChunkProxy(
  target: string,
  cut?: { readonly at: number; readonly handOn: boolean },
): Promise<ChunkProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let sent = 0;
  const server = createServer((client) => {
    const backend = connect(Number(port), hostname);
    for (const socket of [client, backend]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    backend.on('data', (chunk) => void client.write(chunk));
    client.on('data', (chunk) => {
      sent += 1;
      if (sent !== cut?.at) return void backend.write(chunk);
      const end = () => {
        // Half-closed, so that the server reads what was sent before it sees the end.
        for (const socket of sockets) socket.end();
        client.destroy();
      };
      if (cut.handOn) backend.write(chunk, end);
      else end();
    });
    client.on('close', () => backend.end());
    backend.on('close', () => client.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = Object.assign(new URL(target), { port: String((server.address() as AddressInfo).port) }).href;
  return {
    url,
    sent: () => sent,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
