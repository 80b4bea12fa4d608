/** The fields of postgres.js' queries that its types leave out. */
interface DriverQuery {
  canceller: ((query: DriverQuery) => Promise<unknown>) | null;
  /** null: not sent yet. */
  readonly state: object | null;
  /** Whether it is its turn on the connection. */
  active: boolean;
  cancelled: unknown;
}

const ANSWER_MS = 20;
const NOTHING = { cancelled: null, strings: [''], args: [], options: { simple: true, prepare: false } };

/** Cancels a query wherever it is: not sent, sent behind others, or at work on the server. postgres.js 3.4.9's own `cancel` ends the
 *  process where the server refuses the request, and leaves its connection waiting for ever unless the query is at work. */
export function cancelQuery(driverQuery: object): void {
  const query = driverQuery as DriverQuery;
  if (query.state !== null && !query.active) {
    cancelAtItsTurn(query);
    return;
  }
  // the query's own end is told all the same
  query.canceller?.(query).catch(() => {});
  query.canceller = null;
  // a connection that is being opened for it needs something to send
  if (query.cancelled === true) Object.assign(query, NOTHING);
}

/** Not at once: its answer may be on the way already, and the request would then hit the query behind. */
function cancelAtItsTurn(query: DriverQuery): void {
  let active = false;
  Object.defineProperty(query, 'active', {
    configurable: true,
    get: () => active,
    set: (now: boolean) => {
      active = now;
      setTimeout(() => {
        if (active) cancelQuery(query);
      }, ANSWER_MS);
    },
  });
}
