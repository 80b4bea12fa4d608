import { once } from 'node:events';
import postgres from 'postgres';

/** A client that takes the server's WAL as a standby does, and tells how far it has come only when it is asked to. */
export interface Standby extends AsyncDisposable {
  /** Says that all WAL up to a position was applied. */
  apply(position: string): Promise<void>;
}

/** Microseconds between 1970 and PostgreSQL's epoch. */
const EPOCH_MICROS = 946_684_800_000_000n;

/** Streams from a position on. Source: PostgreSQL manual, "Streaming Replication Protocol". */
export async function startStandby(url: string, name: string, from: string): Promise<Standby> {
  const connection = { application_name: name, replication: 'true' };
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {}, connection });
  const stream = await sql.unsafe(`START_REPLICATION PHYSICAL ${from}`).writable();
  // Its end is a broken connection.
  stream.on('error', () => {});
  const apply = async (position: string) => {
    const message = Buffer.alloc(34);
    message.write('r');
    // Written, flushed, applied.
    for (const at of [1, 9, 17]) message.writeBigUInt64BE(toNumber(position), at);
    message.writeBigInt64BE(BigInt(Date.now()) * 1000n - EPOCH_MICROS, 25);
    if (!stream.write(message)) await once(stream, 'drain');
  };
  return { apply, [Symbol.asyncDispose]: () => sql.end({ timeout: 0 }) };
}

/** `16/B374D848` as the number that it stands for. */
function toNumber(position: string): bigint {
  const [high = '0', low = '0'] = position.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
