import { isFree, portTaken } from '../embedded/port.ts';
import { testPostgresImage } from '../env.ts';
import { messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import type { KeptFolder } from '../kept/kept-folder.ts';
import { damaged } from '../kept/state.ts';
import { guard } from '../owner/guard.ts';
import { ownedName } from '../owner/owned-name.ts';
import { newPassword } from '../password.ts';
import { say } from '../say.ts';
import { serverHandle } from '../server-handle.ts';
import type { LocalPostgres, StartOptions } from '../types.ts';
import { serverVersion } from '../url-source.ts';
import { newestVersion } from '../versions.ts';
import { hasVolume, OWNER_LABEL, removeLabelled, sweepContainers } from './engine.ts';
import { type ContainerPlan, startServerContainer } from './start-server-container.ts';

/** Starts a server in a container of the engine at `engine`. Kept data lies in a volume of the engine; the folder
 *  remembers which. @throws {LocalPostgresError} LP_CONTAINER_FAILED, LP_PORT_TAKEN, LP_FOLDER_DAMAGED */
export async function startContainer(options: StartOptions, engine: string, kept?: KeptFolder): Promise<LocalPostgres> {
  const version = kept?.state?.version ?? options.version ?? newestVersion;
  const owner = ownedName('container');
  const plan: ContainerPlan = {
    image: (testPostgresImage() ?? 'postgres:{version}').replace('{version}', String(version)),
    password: kept?.state?.password ?? newPassword(),
    label: { [OWNER_LABEL]: owner },
    port: options.port ?? (await stillFree(kept?.state?.port)),
    volume: kept === undefined ? undefined : (kept.state?.place ?? ownedName('local_postgres')),
    durable: options.durable ?? kept !== undefined,
    settings: options.settings ?? {},
    isLocalEngine: !/^(tcp|https?):/.test(engine),
  };
  await checkPlan(plan, options, engine, kept);
  const release = guard({ kind: 'container', engine, label: owner });
  try {
    const { container, url, port } = await startServerContainer(plan);
    const actual = await serverVersion(url);
    kept?.save({
      format: 1,
      source: 'docker',
      // The image may be of another version than the one asked for.
      version: actual,
      port: options.port ?? kept.state?.port ?? port,
      password: plan.password,
      place: plan.volume ?? '',
    });
    (options.say ?? say)(
      `PostgreSQL ${actual} from ${plan.image} in a container on port ${port} (${plan.volume === undefined ? 'throwaway' : `data kept in volume ${plan.volume}`})`,
    );
    return serverHandle({ url, source: 'docker', version: actual }, async () => {
      await container.stop({ timeout: kept === undefined ? 0 : 30_000 });
      release();
      kept?.release();
    });
  } catch (error) {
    await removeLabelled(engine, owner);
    release();
    throw new LocalPostgresError('LP_CONTAINER_FAILED', {
      expected: `a container of ${plan.image} with a running server`,
      got: messageOf(error),
      fix: 'pull the image by hand to see why, name another by TEST_POSTGRES_IMAGE, or take `source: embedded`',
      cause: error,
    });
  }
}

async function checkPlan(plan: ContainerPlan, options: StartOptions, engine: string, kept?: KeptFolder): Promise<void> {
  if (options.port !== undefined && plan.isLocalEngine && !(await isFree(options.port)))
    throw portTaken(`port ${options.port} to be free`, options.port);
  const volume = kept?.state?.place;
  if (kept !== undefined && volume !== undefined && !(await hasVolume(engine, volume))) {
    throw damaged(kept.folder, `no volume ${volume} in the engine at ${engine}`);
  }
  await sweepContainers(engine);
}

async function stillFree(port: number | undefined): Promise<number | undefined> {
  return port !== undefined && (await isFree(port)) ? port : undefined;
}
