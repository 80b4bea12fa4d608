/** Runs a function of the program that only watches or labels queries. What it throws fails no query: it becomes a warning of the
 *  process, and the result undefined. */
export function guarded<T>(name: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    process.emitWarning(`${name} of createDb failed: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
