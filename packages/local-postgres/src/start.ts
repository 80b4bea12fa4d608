import { startContainer } from './docker/container.ts';
import { answeringEngine } from './docker/engine.ts';
import { startEmbedded } from './embedded/embedded-source.ts';
import { messageOf } from './error-text.ts';
import { LocalPostgresError } from './errors.ts';
import { type KeptFolder, openKept } from './kept/kept-folder.ts';
import { checkOptions } from './options.ts';
import { say } from './say.ts';
import type { LocalPostgres, StartOptions } from './types.ts';
import { takeUrl } from './url-source.ts';

/** Gives a PostgreSQL that takes connections now: the server at `url` if given, else a container if an engine answers,
 *  else the embedded binaries; says on stderr which. Data that was kept is found again where it is, whatever answers now.
 *  The caller owns the server; should this process die without `stop()`, it ends within seconds, throwaway data with it.
 *  @throws {LocalPostgresError} with every code of errors.ts but those of templates and test databases */
export async function startPostgres(options: StartOptions = {}): Promise<LocalPostgres> {
  checkOptions(options);
  if (options.url !== undefined) return takeUrl(options.url, options.say);
  if (options.persist === undefined) return startFrom(options.source ?? 'auto', options);
  const kept = openKept(options.persist, options);
  try {
    return await startFrom(kept.state?.source ?? options.source ?? 'auto', options, kept);
  } catch (error) {
    kept.release();
    throw error;
  }
}

async function startFrom(
  source: 'auto' | 'docker' | 'embedded',
  options: StartOptions,
  kept?: KeptFolder,
): Promise<LocalPostgres> {
  if (source === 'embedded') return startEmbedded(options, kept);
  const engine = await answeringEngine();
  if (source === 'docker') return startContainer(options, engine ?? noEngine(), kept);
  return engine === undefined ? startEmbedded(options, kept) : containerOrEmbedded(options, engine, kept);
}

/** An engine that answers but cannot pull or run the image is no reason to stop: the binaries are here. */
async function containerOrEmbedded(options: StartOptions, engine: string, kept?: KeptFolder): Promise<LocalPostgres> {
  try {
    return await startContainer(options, engine, kept);
  } catch (error) {
    if (!(error instanceof LocalPostgresError) || error.code !== 'LP_CONTAINER_FAILED') throw error;
    (options.say ?? say)(
      `the container engine at ${engine} gave no server, taking the embedded binaries (${messageOf(error.cause)})`,
    );
    return startEmbedded(options, kept);
  }
}

function noEngine(): never {
  throw new LocalPostgresError('LP_ENGINE_UNREACHABLE', {
    expected: 'a container engine, as `source: docker` or data that was kept in one of its volumes needs it',
    got: 'no answer at DOCKER_HOST or the usual sockets',
    fix: 'start the engine or set DOCKER_HOST; without `source` and with another `persist` folder the embedded binaries do',
  });
}
