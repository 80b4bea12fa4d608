/** One thing that must not outlive its owner. */
export type Guarded =
  /** A server and its data, both in this folder. */
  | { kind: 'throwaway'; folder: string }
  /** A server on data that stays. Told by its start too, so that a later server on the same data is never hit. */
  | { kind: 'server'; pid: number; started: string }
  /** Containers that bear the label; `engine` is the engine's address as in DOCKER_HOST. */
  | { kind: 'container'; engine: string; label: string };

/** What an owner tells its watchdog, one JSON object a line. */
export type GuardMessage = { type: 'guard'; key: string; thing: Guarded } | { type: 'release'; key: string };
