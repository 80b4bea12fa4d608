import { setTimeout as sleep } from 'node:timers/promises';
import { DbClientError } from '../../errors.ts';
import { quote } from '../insert-many/recordset.ts';
import { type DedicatedClient, type OpenSession, openDedicatedClient } from '../pool/dedicated-client.ts';
import { delayMs } from '../query/failover.ts';

export interface ListenOptions {
  /** Called each time the subscription is in force again after the connection was lost: what was notified meanwhile is lost, so look
   *  for it in the tables. */
  readonly onGap?: () => void;
}

/** Ends with `unlisten`, or with its block: `await using wakeUps = await db.listen(…)`. */
export interface Subscription extends AsyncDisposable {
  unlisten(): Promise<void>;
}

interface Subscriber extends ListenOptions {
  readonly onPayload: (payload: string) => void;
}

/** All subscriptions of one client, on one connection of their own. It is opened with the first of them, opened anew for as long as
 *  there are any, and closed with the last. */
export class Listener {
  readonly #open: OpenSession;
  readonly #heartbeatMs: number;
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #stopped = new AbortController();
  /** Settles when every channel is listened to. undefined: nobody listens. */
  #session: Promise<DedicatedClient> | undefined;
  /** The connection that is in force; its loss is noticed once. */
  #live: DedicatedClient | undefined;

  constructor(open: OpenSession, heartbeatMs: number) {
    this.#open = open;
    this.#heartbeatMs = heartbeatMs;
  }

  /** Resolves once the server notifies us. What `onPayload` throws is uncaught, as in every event handler.
   *  @throws {DbClientError} DB_CLIENT_POOLER; {DatabaseError} when no connection is made the first time */
  async listen(channel: string, onPayload: (payload: string) => void, options: ListenOptions): Promise<Subscription> {
    const subscriber: Subscriber = { onPayload, ...options };
    const others = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, others.add(subscriber));
    const unlisten = () => this.#remove(channel, subscriber);
    try {
      await this.#listenTo(channel);
    } catch (error) {
      await unlisten();
      throw error;
    }
    return { unlisten, [Symbol.asyncDispose]: unlisten };
  }

  /** Ends all subscriptions. */
  async close(): Promise<void> {
    this.#stopped.abort(new DbClientError('DB_CLIENT_CLOSED', 'listen: this database client was closed'));
    this.#subscribers.clear();
    await this.#end();
  }

  /** LISTEN twice is LISTEN once; on a connection that breaks meanwhile the next one listens to it. */
  async #listenTo(channel: string): Promise<void> {
    for (;;) {
      this.#stopped.signal.throwIfAborted();
      this.#session ??= this.#connect();
      const session = await this.#session.catch((error: unknown) => {
        this.#session = undefined;
        throw error;
      });
      try {
        await session.query(`LISTEN ${quote(channel)}`);
        return;
      } catch (error) {
        if (!session.isOver) throw error;
        // the query may know it before the socket's end is told
        this.#lost(session);
      }
    }
  }

  async #connect(): Promise<DedicatedClient> {
    const client: DedicatedClient = await openDedicatedClient('listen', this.#open, {
      onEnd: () => this.#lost(client),
      onNotify: (channel, payload) => this.#deliver(channel, payload),
    });
    for (const channel of this.#subscribers.keys()) await client.query(`LISTEN ${quote(channel)}`);
    this.#live = client;
    if (client.isOver) this.#lost(client);
    else this.#watch(client);
    return client;
  }

  /** A host that vanished closes nothing: only an answer tells that it is there. */
  #watch(session: DedicatedClient): void {
    const beat = setInterval(() => {
      if (session.isOver) return clearInterval(beat);
      const late = setTimeout(() => session.abandon(), this.#heartbeatMs);
      session.query('SELECT 1').then(
        () => clearTimeout(late),
        () => clearTimeout(late),
      );
    }, this.#heartbeatMs).unref();
  }

  #lost(session: DedicatedClient): void {
    if (session !== this.#live) return;
    this.#live = undefined;
    void session.release();
    if (this.#subscribers.size === 0) return;
    this.#session = this.#reconnect();
    // whoever awaits it is told, also when nobody does
    this.#session.catch(() => {});
  }

  async #reconnect(): Promise<DedicatedClient> {
    for (let attempt = 1; ; attempt += 1) {
      await sleep(delayMs(attempt), undefined, { signal: this.#stopped.signal });
      const session = await this.#connect().catch(() => undefined);
      if (session === undefined) continue;
      for (const { onGap } of [...this.#subscribers.values()].flatMap((all) => [...all]))
        if (onGap) queueMicrotask(onGap);
      return session;
    }
  }

  #deliver(channel: string, payload: string): void {
    // not within the driver's reading of the socket: what a handler throws is not the connection's
    for (const { onPayload } of this.#subscribers.get(channel) ?? []) queueMicrotask(() => onPayload(payload));
  }

  async #remove(channel: string, subscriber: Subscriber): Promise<void> {
    const others = this.#subscribers.get(channel);
    if (others?.delete(subscriber) !== true || others.size > 0) return;
    this.#subscribers.delete(channel);
    if (this.#subscribers.size === 0) return await this.#end();
    const session = await this.#session;
    await session?.query(`UNLISTEN ${quote(channel)}`).catch((error: unknown) => {
      if (!session.isOver) throw error;
    });
  }

  async #end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.then(
      (open) => open.release(),
      () => {},
    );
  }
}
