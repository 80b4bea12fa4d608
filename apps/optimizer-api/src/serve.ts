import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AppEnv } from './http/context.ts';
import { answerMalformed, refuseConnection } from './http/malformed.ts';

export interface Served {
  readonly url: string;
  /** Takes no more connections, lets requests end for `drainMs`, then cuts what is left. */
  close(drainMs: number): Promise<void>;
}

const SWEEP_MS = 50;

/** Serves the application; resolves once the port is open. Port 0: any that is free. */
export async function serve(app: Hono<AppEnv>, hostname: string, port: number): Promise<Served> {
  const server = createServer(getRequestListener(app.fetch, { hostname, errorHandler: answerMalformed }));
  server.on('clientError', refuseConnection);
  server.listen(port, hostname);
  await once(server, 'listening');
  const address = server.address();
  const opened = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${hostname}:${opened}`,
    close: async (drainMs) => {
      const closed = new Promise((resolve) => server.close(resolve));
      const cut = setTimeout(() => server.closeAllConnections(), drainMs);
      // a connection whose request ends meanwhile is idle, and would be kept for the next request
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      await closed;
      clearTimeout(cut);
      clearInterval(sweep);
    },
  };
}
