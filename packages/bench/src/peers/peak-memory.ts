import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a process that preloaded this leaves its peak resident memory, in MB, when it exits. */
const FILE = join(import.meta.dirname, 'peak-memory.txt');

process.on('exit', () => writeFileSync(FILE, String(peakBytes() / 1e6)));

/** Linux tells it of this program alone; the usage of a process counts what its parent had at the fork, too. */
function peakBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
