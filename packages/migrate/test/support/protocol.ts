/** One whole message of the PostgreSQL protocol. */
export interface Frame {
  /** Its name in the manual, chapter "Message Formats". */
  readonly name: string;
  readonly bytes: Buffer;
}

export type Side = 'frontend' | 'backend';

const NAMES: Readonly<Record<Side, Readonly<Record<string, string>>>> = {
  frontend: {
    B: 'Bind',
    C: 'Close',
    D: 'Describe',
    E: 'Execute',
    H: 'Flush',
    P: 'Parse',
    p: 'SASL response',
    Q: 'Query',
    S: 'Sync',
    X: 'Terminate',
  },
  backend: {
    1: 'ParseComplete',
    2: 'BindComplete',
    C: 'CommandComplete',
    D: 'DataRow',
    E: 'ErrorResponse',
    I: 'EmptyQueryResponse',
    K: 'BackendKeyData',
    N: 'NoticeResponse',
    n: 'NoData',
    R: 'Authentication',
    S: 'ParameterStatus',
    T: 'RowDescription',
    t: 'ParameterDescription',
    Z: 'ReadyForQuery',
  },
};

/** Cuts one direction of a connection into whole messages; keeps what is incomplete for the next chunk. Plain text only: a client
 *  that asks for TLS is not understood. */
export function createFramer(side: Side): (chunk: Buffer) => readonly Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  // The first message of a client has no type byte.
  let untyped = side === 'frontend';
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const head = untyped ? 0 : 1;
      if (rest.length < head + 4) return frames;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return frames;
      const type = String.fromCharCode(rest[0] ?? 0);
      frames.push({ name: untyped ? 'Startup' : (NAMES[side][type] ?? type), bytes: rest.subarray(0, end) });
      rest = rest.subarray(end);
      untyped = false;
    }
  };
}

/** The SQL text of a Query or Parse message; undefined for every other. */
export function sqlOf({ name, bytes }: Frame): string | undefined {
  if (name === 'Query') return bytes.toString('utf8', 5, bytes.length - 1);
  if (name !== 'Parse') return undefined;
  const start = bytes.indexOf(0, 5) + 1;
  return bytes.toString('utf8', start, bytes.indexOf(0, start));
}
