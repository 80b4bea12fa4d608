import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { isPortTaken, nextFreePort } from './port.ts';

test.each(['127.0.0.1', '0.0.0.0'])(
  'a port that a program on %s listens on is taken, and free again afterwards',
  async (host) => {
    const server = createServer().listen({ port: 0, host });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await isPortTaken(port)).toBe(true);
    expect(await nextFreePort(port - 1)).not.toBe(port);
    server.close();
    await once(server, 'close');
    expect(await isPortTaken(port)).toBe(false);
  },
);
