export interface TransactionOptions {
  /** read committed unless said. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** read write unless said. read only spares the round trip that makes a lost COMMIT answerable. */
  readonly accessMode?: 'read only' | 'read write';
  /** With serializable and read only: waits for a snapshot that cannot fail. */
  readonly deferrable?: boolean;
  /** How often the callback may be begun anew after 40001, 40P01, or a connection lost before COMMIT; 3 unless said. */
  readonly retries?: number;
  /** Aborting stops before the next attempt; queries that carry the same signal are canceled on the server. */
  readonly signal?: AbortSignal;
}

/** What follows BEGIN. */
export function beginOptions({ isolation, accessMode, deferrable }: TransactionOptions): string {
  const parts = [isolation && `isolation level ${isolation}`, accessMode, deferrable === true && 'deferrable'];
  return parts.filter(Boolean).join(' ');
}
