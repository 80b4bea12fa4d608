import type { Server } from 'node:http';
import { serve as listenOn } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AppEnv } from './http/context.ts';

export interface Served {
  readonly url: string;
  /** Takes no more connections, lets requests end for `drainMs`, then cuts what is left. */
  close(drainMs: number): Promise<void>;
}

/** Serves the application; resolves once the port is open. Port 0: any that is free. */
export async function serve(app: Hono<AppEnv>, hostname: string, port: number): Promise<Served> {
  const server = await new Promise<Server>((resolve, reject) => {
    const opened = listenOn({ fetch: app.fetch, hostname, port }, () => resolve(opened)) as Server;
    opened.once('error', reject);
  });
  const address = server.address();
  const opened = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${hostname}:${opened}`,
    close: (drainMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), drainMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
