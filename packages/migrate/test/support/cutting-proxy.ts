import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createFramer, type Frame, type Side, sqlOf } from './protocol.ts';

/** A message on its way through the proxy. */
export interface Message {
  /** 1-based, over both directions, in the order in which the proxy met them. */
  readonly number: number;
  readonly side: Side;
  /** Its name in the manual. */
  readonly name: string;
  /** The statement that is sent, or answered; empty until the first one. */
  readonly sql: string;
}

export interface ProxyOptions {
  /** Says where to cut: before the message is forwarded, or after. Asked for each message until the cut. */
  readonly at: (message: Message) => 'before' | 'after' | undefined;
  /** Called before a message is forwarded, which waits for it. */
  readonly prepare?: (message: Message) => Promise<void> | void;
  /** The cut itself. Nothing is forwarded any more in either direction while it runs. Absent: the proxy cuts its connections. */
  readonly cut?: (message: Message) => Promise<void>;
  /** How the client's connection ends: closed (FIN) unless said. */
  readonly reset?: boolean;
}

/** A proxy that counts protocol messages and cuts at one of them. After the cut, new connections pass through untouched: a client
 *  that connects again in silence is a danger too. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** Every message so far, the one of the cut last. */
  readonly trace: readonly Message[];
  /** The message of the cut; undefined while there was none. */
  cutAt(): Message | undefined;
}

export async function createCuttingProxy(target: string, options: ProxyOptions): Promise<CuttingProxy> {
  const state: State = { trace: [], cut: undefined, ends: [] };
  const sockets = new Set<Socket>();
  const { hostname, port } = new URL(target);
  const server = createServer((client) => {
    const backend = connect(Number(port), hostname);
    for (const socket of [client, backend]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    if (state.cut === undefined) count(client, backend, state, options);
    else passThrough(client, backend);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    trace: state.trace,
    cutAt: () => state.cut,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

interface State {
  readonly trace: Message[];
  cut: Message | undefined;
  /** One for each connection that is counted: a cut ends them all. */
  readonly ends: (() => void)[];
}

function passThrough(client: Socket, backend: Socket): void {
  client.pipe(backend).on('close', () => client.destroy());
  backend.pipe(client).on('close', () => backend.destroy());
}

/** Forwards message by message, both directions through one queue, until the cut. */
function count(client: Socket, backend: Socket, state: State, options: ProxyOptions): void {
  const sqlOfFrame = createConversation();
  let queue = Promise.resolve();
  const forward = async (side: Side, frame: Frame, to: Socket) => {
    if (state.cut !== undefined) return;
    const message: Message = { number: state.trace.length + 1, side, name: frame.name, sql: sqlOfFrame(side, frame) };
    state.trace.push(message);
    const where = options.at(message);
    await options.prepare?.(message);
    if (where === undefined) {
      to.write(frame.bytes);
      return;
    }
    state.cut = message;
    if (where === 'after') await new Promise<void>((sent) => to.write(frame.bytes, () => sent()));
    await options.cut?.(message);
    for (const end of state.ends) end();
  };
  state.ends.push(() => {
    if (options.reset === true) client.resetAndDestroy();
    else client.destroy();
    // Half-closed, so that the server reads all that was sent before it sees the end.
    backend.end();
    backend.resume();
  });
  const read = (side: Side, to: Socket) => {
    const frames = createFramer(side);
    return (chunk: Buffer) => {
      for (const frame of frames(chunk)) queue = queue.then(() => forward(side, frame, to)).catch(() => {});
    };
  };
  client.on('data', read('frontend', backend));
  backend.on('data', read('backend', client));
  client.on('close', () => void queue.then(() => backend.end()));
  backend.on('close', () => void queue.then(() => client.end()));
}

/** Says which statement a message is about. A client may send the next one before the answer; answers come in order, each ends with
 *  ReadyForQuery. */
function createConversation(): (side: Side, frame: Frame) => string {
  let sent = '';
  const unanswered: string[] = [];
  return (side, frame) => {
    if (side === 'frontend') {
      sent = sqlOf(frame) ?? sent;
      if (frame.name === 'Query' || frame.name === 'Sync') unanswered.push(sent);
      return sent;
    }
    return (frame.name === 'ReadyForQuery' ? unanswered.shift() : unanswered[0]) ?? sent;
  };
}
