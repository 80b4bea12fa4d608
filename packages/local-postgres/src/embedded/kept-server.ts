import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loopbackUrl } from '../connection.ts';
import type { KeptFolder } from '../kept/kept-folder.ts';
import { newPassword } from '../password.ts';
import { say } from '../say.ts';
import { serverHandle } from '../server-handle.ts';
import type { LocalPostgres, StartOptions } from '../types.ts';
import { newestVersion, parseVersion } from '../versions.ts';
import { locateBinaries } from './binaries.ts';
import { initCluster } from './cluster.ts';
import { dataPlace, unfinishedFolder } from './data-place.ts';
import { launchOnPort } from './launch-on-port.ts';
import type { BinariesResolver } from './platform-package.ts';
import { runningPostmaster, stopPostmaster } from './postmaster-file.ts';

/** Port in the memory of a folder whose first server has not been ready yet. */
const NO_PORT = 0;

/** Starts a server on data that stays. A server that a dead owner left running on it is stopped first.
 *  The folder's lock is released by `stop()`, or by the caller if this throws. */
export async function startKept(
  options: StartOptions,
  kept: KeptFolder,
  resolver: BinariesResolver,
): Promise<LocalPostgres> {
  const version = parseVersion(kept.state?.version ?? options.version ?? newestVersion, `the data of ${kept.folder}`);
  const durable = options.durable ?? true;
  const { data, place, runner } = dataPlace(kept, options.say);
  const binaries = await locateBinaries(version, runner, resolver);
  const stale = runningPostmaster(data);
  if (stale !== undefined) await stopPostmaster(stale, false);
  const password = kept.state?.password ?? newPassword();
  const remember = (port: number): void => kept.save({ format: 1, source: 'embedded', version, place, password, port });
  if (kept.state === undefined) {
    await initCluster(binaries, runner, unfinishedFolder(data), password, durable);
    remember(options.port ?? NO_PORT);
    renameSync(unfinishedFolder(data), data);
  }
  const log = join(kept.folder, 'postgres.log');
  try {
    const preferredPort = kept.state?.port || undefined;
    const { server, port, release } = await launchOnPort({
      binaries,
      runner,
      data,
      log,
      durable,
      options,
      preferredPort,
      isKept: true,
    });
    remember(options.port ?? preferredPort ?? port);
    (options.say ?? say)(`PostgreSQL ${version} from embedded binaries on port ${port} (data kept in ${data})`);
    return serverHandle(
      { url: loopbackUrl(port, password), source: 'embedded', version, pid: server.pid, dataDirectory: data },
      async () => {
        await stopPostmaster(server, false);
        release();
        kept.release();
      },
    );
  } catch (error) {
    if (kept.state === undefined) forget(kept, data);
    throw error;
  }
}

/** A start that was never ready leaves the folder as it was: nobody's rows are in it. */
function forget(kept: KeptFolder, data: string): void {
  kept.forget();
  rmSync(data, { recursive: true, force: true });
}
