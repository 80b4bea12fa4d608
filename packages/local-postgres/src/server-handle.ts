import type { LocalPostgres } from './types.ts';

/** Adds the disposal to the facts about a server; `end` runs at most once. */
export function serverHandle(
  facts: Omit<LocalPostgres, 'stop' | typeof Symbol.asyncDispose>,
  end: () => Promise<void>,
): LocalPostgres {
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ending ??= end();
    return ending;
  };
  return { ...facts, stop, [Symbol.asyncDispose]: stop };
}
