import type { Socket } from 'node:net';

const ERROR_RESPONSE = 'E'.charCodeAt(0);
const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const HEADER_BYTES = 5;
const CANCEL_REQUEST = 80_877_102;

/** Puts right what postgres.js 3.4.9 gets wrong about connections that break, before it sees them: each would leave a query waiting
 *  for ever, or would leave it open whether it was sent. */
export function mendSocket(socket: Socket): void {
  failInHandshake(socket);
  closeWithoutError(socket);
}

/** Until the server is ready for queries nothing of ours was sent, so whatever ends the connection by then is CONNECT_LOST, or the
 *  server's refusal (starting, full, wrong password). The driver takes a refusal for an answer to the query before, where there was
 *  one, and connects again after a mere close, at once and for ever. */
function failInHandshake(socket: Socket): void {
  let unread = Buffer.alloc(0);
  let refusal: Error | undefined;
  const read = (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (;;) {
      const end = unread.length < HEADER_BYTES ? Number.POSITIVE_INFINITY : unread.readUInt32BE(1) + 1;
      if (unread.length < end) return;
      const type = unread[0];
      if (type === READY_FOR_QUERY) return over();
      if (type === ERROR_RESPONSE) {
        refusal = parseRefusal(unread.subarray(HEADER_BYTES, end));
        return void socket.destroy(refusal);
      }
      unread = unread.subarray(end);
    }
  };
  const ended = () => socket.destroy(new Error('the connection was closed before the server was ready'));
  const failed = (error: Error) => {
    if (error !== refusal) Object.assign(error, { code: 'CONNECT_LOST' });
  };
  const over = () => socket.removeListener('data', read).removeListener('end', ended).removeListener('error', failed);
  socket.on('data', read).on('end', ended).on('error', failed);
  const { write } = socket;
  // a cancel request has no answer but the close
  const firstWrite: typeof write = (chunk: Uint8Array, ...rest: never[]) => {
    Object.assign(socket, { write });
    if (chunk.length === 16 && Buffer.from(chunk).readUInt32BE(4) === CANCEL_REQUEST) over();
    return write.call(socket, chunk, ...rest);
  };
  Object.assign(socket, { write: firstWrite });
}

/** Fields are a letter and a text each, ended by a zero byte. */
function parseRefusal(body: Buffer): Error {
  const fields = body.toString('utf8').split('\0');
  const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1) ?? '';
  return Object.assign(new Error(field('M')), { code: field('C'), severity: field('V') });
}

/** Tells of every close as of one without an error: after an error the driver forgets the queries that came between the two. */
function closeWithoutError(socket: Socket): void {
  const on = socket.on.bind(socket);
  Object.assign(socket, {
    on: (event: string, listener: (...values: unknown[]) => void) =>
      on(event, event === 'close' ? () => listener(false) : listener),
  });
}
