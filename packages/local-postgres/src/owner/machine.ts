import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Six hex digits, equal for processes that can see each other's pids: the host and its pid namespace. Two containers
 *  that share a folder or a server differ, so neither sweeps the other's live things away. */
export const machineTag: string = createHash('sha256')
  .update(`${hostname()} ${pidNamespace()}`)
  .digest('hex')
  .slice(0, 6);

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
