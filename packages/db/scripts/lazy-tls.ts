import type { ConnectionOptions, TLSSocket } from 'node:tls';

/** `node:tls` for the driver, which asks for it always and uses it where a URL says so: loading it takes a third of the start. */
export default {
  connect: (options: ConnectionOptions): TLSSocket => process.getBuiltinModule('node:tls').connect(options),
};
