import { LocalPostgresError } from '../errors.ts';
import { guard } from '../owner/guard.ts';
import { type ProcessIdentity, processStart } from '../owner/process-identity.ts';
import type { StartOptions } from '../types.ts';
import type { Binaries } from './binaries.ts';
import { freePort, isFree, portTaken } from './port.ts';
import { launchPostmaster } from './postmaster.ts';
import type { Runner } from './runner.ts';
import { serverArguments } from './server-settings.ts';

/** Another program may take a free port between our look and the start. */
const TRIES = 5;

interface LaunchOnPort {
  binaries: Binaries;
  runner: Runner;
  data: string;
  log: string;
  durable: boolean;
  options: StartOptions;
  /** Port to take while it is free; any other if not. */
  preferredPort?: number | undefined;
  /** The data stays: our watchdog stops just this process, and leaves the folder alone. */
  isKept?: boolean;
}

export interface Launched {
  server: ProcessIdentity;
  port: number;
  /** Calls the watchdog off. */
  release: () => void;
}

/** Starts the server on the wanted port, or on the preferred, or on any free one.
 *  @throws {LocalPostgresError} LP_PORT_TAKEN where the wanted port is taken, and what {@link launchPostmaster} throws */
export async function launchOnPort(launch: LaunchOnPort): Promise<Launched> {
  const wanted = launch.options.port;
  if (wanted !== undefined && !(await isFree(wanted))) throw portTaken(`port ${wanted} to be free`, wanted);
  for (let tries = 1; ; tries += 1) {
    const port = wanted ?? (tries === 1 ? await preferredOrFree(launch.preferredPort) : await freePort());
    const args = serverArguments({ port, durable: launch.durable, settings: launch.options.settings ?? {} });
    let release = (): void => undefined;
    let started = '';
    const onSpawn = (pid: number): void => {
      started = processStart(pid) ?? '';
      if (launch.isKept) release = guard({ kind: 'server', pid, started });
    };
    try {
      const pid = await launchPostmaster({ ...launch, port, args, onSpawn });
      return { server: { pid, started }, port, release };
    } catch (error) {
      release();
      const isRace = error instanceof LocalPostgresError && error.code === 'LP_PORT_TAKEN';
      if (!isRace || wanted !== undefined || tries >= TRIES) throw error;
    }
  }
}

async function preferredOrFree(preferred: number | undefined): Promise<number> {
  return preferred !== undefined && (await isFree(preferred)) ? preferred : freePort();
}
