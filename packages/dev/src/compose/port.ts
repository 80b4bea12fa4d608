import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const host = '127.0.0.1';

/** True when something listens on the port already. Asks by connecting too: a listener on every address does not
 *  hinder a second one on loopback everywhere (macOS), but Docker would refuse it or people would reach the wrong one. */
export async function isPortTaken(port: number): Promise<boolean> {
  return (await answers(port)) || !(await canListen(port));
}

/** A port that nothing listens on, the first one above `port`; undefined when the next hundred are taken. */
export async function nextFreePort(port: number): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + 100, 65_535); candidate += 1) {
    if (!(await isPortTaken(candidate))) return candidate;
  }
  return undefined;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ port, host, timeout: 1_000 });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host });
    await once(server, 'listening');
    return true;
  } catch (error) {
    // Anything but "in use" (no right to a port below 1024, for one) is Docker's to judge: its daemon may well have it.
    return !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  } finally {
    server.close();
  }
}
