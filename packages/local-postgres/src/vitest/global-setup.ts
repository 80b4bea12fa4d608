import type { TestProject } from 'vitest/node';
import { testDatabaseUrl, testPostgres, testPostgresImage } from '../env.ts';
import { badOption } from '../options.ts';
import { startPostgres } from '../start.ts';
import type { LocalPostgres } from '../types.ts';
import { type PostgresVersion, parseVersion } from '../versions.ts';
import { shareServers } from './share-servers.ts';

/** Oldest and newest major that we promise to support. */
const DEFAULT_VERSIONS = '15,18';

/** Starts the shared servers of a test run and stops them when the run ends (or dies). With TEST_DATABASE_URL only that
 *  server; else the versions of TEST_POSTGRES. Several packages in one vitest run share them. Test files read them with
 *  `testServers()`. @throws {LocalPostgresError} LP_BAD_OPTION, LP_UNKNOWN_VERSION, and what `startPostgres` throws */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { servers, leave } = await shareServers(startServers);
  const provided = servers.map(({ url, version }) => ({ url, version })).sort((a, b) => a.version - b.version);
  project.provide('localPostgresServers', provided);
  return leave;
}

async function startServers(): Promise<LocalPostgres[]> {
  const url = testDatabaseUrl();
  if (url !== undefined) return [await startPostgres({ url })];
  const wanted = hasOneImage() ? testVersions().slice(-1) : testVersions();
  const started = await Promise.allSettled(wanted.map((version) => startPostgres({ version })));
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure === undefined) return servers;
  await Promise.all(servers.map((server) => server.stop()));
  throw failure.reason;
}

/** An image without `{version}` in its name is of one version, whatever is asked for. */
const hasOneImage = (): boolean => testPostgresImage()?.includes('{version}') === false;

/** Versions of TEST_POSTGRES, each once. */
function testVersions(): PostgresVersion[] {
  const words = (testPostgres() ?? DEFAULT_VERSIONS).split(',').map((word) => word.trim());
  if (words.includes(''))
    throw badOption(
      'TEST_POSTGRES to be majors with commas between',
      testPostgres(),
      'write it as in TEST_POSTGRES=15,18',
    );
  return [...new Set(words.map((word) => parseVersion(word, 'TEST_POSTGRES')))];
}
