import type { Sql } from 'postgres';
import { learnArrayTypes } from './array-types.ts';
import { type ConnectionKind, detectConnectionKind } from './connection-kind.ts';
import { startupParameters, type Timeouts } from './profiles.ts';

/** Holds the first query back until it is known what answers at the URL and which arrays it has, then lets every query through at once. */
export class Gate {
  /** undefined: nothing has answered yet. */
  kind: ConnectionKind | undefined;
  readonly timeouts: Timeouts;
  readonly #client: Sql;
  readonly #mayPrepare: boolean;
  readonly #onOpen: () => void;
  #asking: Promise<void> | undefined;

  /** The pool must have been opened with prepare: false; the gate turns it on where Postgres itself answers. `onOpen` is called
   *  once. */
  constructor(client: Sql, timeouts: Timeouts, mayPrepare: boolean, onOpen: () => void) {
    this.#client = client;
    this.timeouts = timeouts;
    this.#mayPrepare = mayPrepare;
    this.#onOpen = onOpen;
  }

  get prepares(): boolean {
    return this.#client.options.prepare;
  }

  /** One question for all who ask meanwhile; a failure is told to them, and the next query asks anew.
   *  @throws the driver's error */
  open(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const { options } = this.#client;
    const kind = await detectConnectionKind(this.#client, () => {
      for (const name of Object.keys(startupParameters(this.timeouts, true)))
        Reflect.deleteProperty(options.connection, name);
    });
    await learnArrayTypes(this.#client);
    options.prepare = kind === 'direct' && this.#mayPrepare;
    this.kind = kind;
    this.#onOpen();
  }
}
