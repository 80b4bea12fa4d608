/** Closes clients when the process is told to end, and then lets it end as the signal says. Each client has its drainMs; a second
 *  signal ends the process at once. Where a server must stop taking requests first, close it and the clients by hand instead.
 *  `using _ = closeOnSignal([db])` takes the handlers away with its block. */
export function closeOnSignal(
  clients: readonly { close(): Promise<void> }[],
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
): Disposable {
  const stop = () => {
    for (const signal of signals) process.removeListener(signal, end);
  };
  const end = async (signal: NodeJS.Signals) => {
    stop();
    await Promise.allSettled(clients.map((client) => client.close()));
    // whoever else listens decides; with nobody left this is the signal's own effect
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, end);
  return { [Symbol.dispose]: stop };
}
