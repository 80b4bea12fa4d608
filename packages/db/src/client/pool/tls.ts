import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect } from 'node:tls';
import type { Host } from './connection-url.ts';

/** How a connection is encrypted. prefer: where the server can; require: whoever answers; verify-ca: by whom we trust; verify-full:
 *  and whose certificate names this host, by name or by address. */
export interface Tls {
  readonly mode: 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  /** PEM. undefined: the system's authorities. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = 'S'.charCodeAt(0);

/** The encrypted socket over a connected one; the plain one where the server has no TLS and none is required. Does not settle when
 *  the connection breaks meanwhile.
 *  @throws what Node says of the certificate, or ERR_TLS_REFUSED */
export async function encrypt(socket: Socket, tls: Tls, host: Host): Promise<Socket> {
  const answer = await new Promise<Buffer>((resolve) => {
    socket.once('data', resolve).write(SSL_REQUEST);
  });
  // more than one byte: somebody between has put text before the encryption begins (CVE-2021-23222)
  if (answer.length === 1 && answer[0] === YES) return await handshake(socket, tls, host);
  if (answer.length === 1 && tls.mode === 'prefer') return socket;
  throw Object.assign(new Error(`the server has no TLS, and sslmode=${tls.mode} requires it`), {
    code: 'ERR_TLS_REFUSED',
  });
}

function handshake(socket: Socket, { mode, ...certificates }: Tls, host: Host): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secure = connect({
      socket,
      ...certificates,
      ...(isIP(host.name) === 0 && { servername: host.name }),
      rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
      // Node would compare with `localhost` where an address was dialled
      checkServerIdentity: (_, certificate) =>
        mode === 'verify-full' ? checkServerIdentity(host.name, certificate) : undefined,
    });
    secure.once('error', reject).once('secureConnect', () => {
      secure.removeListener('error', reject);
      resolve(secure);
    });
  });
}
