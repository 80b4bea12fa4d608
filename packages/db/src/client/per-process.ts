interface Closable {
  readonly isClosed: boolean;
}

/* A module that is loaded anew (hot reload) is another module, in the same process: what they share hangs on the global object. */
const key = Symbol.for('@repo/db clients');
const slot: { [key]?: Map<string, Closable> } = globalThis as typeof globalThis & { [key]?: Map<string, Closable> };

/** The process's client with this name while it is open, else a new one. */
export function perProcess<C extends Closable>(name: string, create: () => C): C {
  slot[key] ??= new Map();
  const known = slot[key].get(name);
  if (known !== undefined && !known.isClosed) return known as C;
  const created = create();
  slot[key].set(name, created);
  return created;
}
