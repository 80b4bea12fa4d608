import { createServer } from 'node:net';
import { LocalPostgresError } from '../errors.ts';

export const LOOPBACK = '127.0.0.1';

/** Takes and frees a port of the loopback address; 0 means any. Undefined where another program has it. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === undefined) throw portTaken('any free port', 0);
  return port;
}

export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

export function portTaken(wanted: string, port: number): LocalPostgresError {
  return new LocalPostgresError('LP_PORT_TAKEN', {
    expected: `${wanted} on ${LOOPBACK}`,
    got:
      port === 0
        ? 'a system with no free port'
        : `port ${port}, on which another program listens or which we may not take`,
    fix: 'give another `port`, give none (a free one is taken then), or stop the other program',
  });
}
