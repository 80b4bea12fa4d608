import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loopbackUrl } from '../connection.ts';
import { guard } from '../owner/guard.ts';
import { ownedName } from '../owner/owned-name.ts';
import { say } from '../say.ts';
import { serverHandle } from '../server-handle.ts';
import type { LocalPostgres, StartOptions } from '../types.ts';
import { newestVersion } from '../versions.ts';
import { locateBinaries } from './binaries.ts';
import { cloneFreshCluster } from './fresh-cluster.ts';
import { launchOnPort } from './launch-on-port.ts';
import type { BinariesResolver } from './platform-package.ts';
import { stopPostmaster } from './postmaster-file.ts';
import { defaultRunner } from './runner.ts';
import { sweepClusters } from './sweep-clusters.ts';
import { runFolder } from './workspace.ts';

/** Starts a server whose data lives only as long as the server: `stop()`, or the death of this process, removes both. */
export async function startThrowaway(options: StartOptions, resolver: BinariesResolver): Promise<LocalPostgres> {
  const version = options.version ?? newestVersion;
  const runner = defaultRunner();
  const [binaries] = await Promise.all([locateBinaries(version, runner, resolver), sweepClusters()]);
  const durable = options.durable ?? false;
  const folder = join(runFolder(durable), ownedName(`pg${version}`));
  const data = join(folder, 'data');
  const release = guard({ kind: 'throwaway', folder });
  const removeAll = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    release();
  };
  try {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const password = await cloneFreshCluster(binaries, runner, data);
    const { server, port } = await launchOnPort({
      binaries,
      runner,
      data,
      log: join(folder, 'postgres.log'),
      durable,
      options,
    });
    (options.say ?? say)(`PostgreSQL ${version} from embedded binaries (throwaway)`);
    return serverHandle(
      { url: loopbackUrl(port, password), source: 'embedded', version, pid: server.pid, dataDirectory: data },
      async () => {
        await stopPostmaster(server, true);
        removeAll();
      },
    );
  } catch (error) {
    removeAll();
    throw error;
  }
}
