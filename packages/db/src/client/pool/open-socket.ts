import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ConnectionUrl, Host } from './connection-url.ts';
import { encrypt } from './tls.ts';

/** A connected socket, encrypted as the URL says, on which the server has been told nothing yet.
 *  @throws what Node says of the failure; CONNECT_TIMEOUT, CONNECT_LOST */
export async function openSocket(host: Host, { socketFolder, tls }: ConnectionUrl, timeoutMs: number): Promise<Socket> {
  const path = socketFolder && `${socketFolder}/.s.PGSQL.${host.port}`;
  const socket = connect(path === undefined ? { host: host.name, port: host.port } : { path });
  const timer = setTimeout(() => {
    const late = new Error(`no connection to ${path ?? nameOf(host)} within ${timeoutMs} ms`);
    socket.destroy(Object.assign(late, { code: 'CONNECT_TIMEOUT' }));
  }, timeoutMs);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  socket.on('error', reject).once('close', () => {
    reject(Object.assign(new Error('the connection was closed'), { code: 'CONNECT_LOST' }));
  });
  // after the handshake, when nobody waits for it any more
  broken.catch(() => {});
  try {
    await Promise.race([broken, new Promise((resolve) => socket.once('connect', resolve))]);
    const ready = tls && path === undefined ? await Promise.race([broken, encrypt(socket, tls, host)]) : socket;
    // where postgres.js looks for what it puts into its messages
    return Object.assign(ready, { host: host.name, port: host.port });
  } catch (error) {
    socket.destroy();
    throw beforeAnyQuery(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Nothing was sent, whatever ended the connection. */
function beforeAnyQuery(error: unknown): unknown {
  // several addresses of one name: Node's error for all of them has no words and no system call of its own
  if (error instanceof AggregateError)
    return Object.assign(error, { message: error.errors.map(({ message }) => message).join('; '), syscall: 'connect' });
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (/^E[A-Z]+$/.test(String(code)) && syscall !== 'connect' && syscall !== 'getaddrinfo')
    Object.assign(error as Error, { code: 'CONNECT_LOST' });
  return error;
}

/** Fails with `error` at the first write. postgres.js never gets a connection's place back whose socket it was refused by a throw. */
export function failedSocket(error: unknown): Duplex {
  const reason = error instanceof Error ? error : new Error(String(error));
  return new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done(reason) });
}

export function nameOf({ name, port }: Host): string {
  return `${name}:${port}`;
}
