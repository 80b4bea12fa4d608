import { arch, availableParallelism, loadavg, platform, totalmem } from 'node:os';

/** What of the machine a reader needs to judge a figure. No host name, no path, no user. */
export interface Machine {
  readonly cores: number;
  readonly memoryGib: number;
  /** For example `linux x64`. */
  readonly platform: string;
  readonly node: string;
  /** Waiting and running processes over the last minute, when the row began and when it ended; 0 on Windows. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Looks at the machine now; call the result when the row has ended. */
export function watchMachine(): () => Machine {
  const loadBefore = load();
  return () => ({
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
    loadBefore,
    loadAfter: load(),
  });
}

const load = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10;

/** One sentence. Pure. */
export function describeMachine(machine: Machine): string {
  const { cores, memoryGib, platform: system, node, loadBefore, loadAfter } = machine;
  const busy =
    Math.max(loadBefore, loadAfter) > cores ? '; **other work took part of the cores, so trust the ratios more**' : '';
  return (
    `Machine: ${cores} cores, ${memoryGib} GiB memory, ${system}, Node ${node}; ` +
    `load over one minute ${loadBefore} before, ${loadAfter} after${busy}.`
  );
}
