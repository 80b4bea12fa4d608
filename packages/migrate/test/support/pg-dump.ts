import { spawnSync } from 'node:child_process';
import { clientBin } from './env.ts';

/** What commands under test have as PATH. */
export const TEST_PATH = [clientBin(), '/usr/bin', '/bin'].filter((folder) => folder !== undefined).join(':');

/** Major version of the pg_dump that commands find here; 0 where there is none. */
export const PG_DUMP_MAJOR = Number(
  /\(PostgreSQL\) (\d+)/.exec(
    spawnSync('pg_dump', ['--version'], { encoding: 'utf8', env: { PATH: TEST_PATH } }).stdout ?? '',
  )?.[1] ?? 0,
);

/** The ways of a backup, and which of them a server of this version can be backed up by here. */
export function backupWays(version: number): readonly { way: 'driver' | 'pg_dump'; name: string; isHere: boolean }[] {
  const isHere = PG_DUMP_MAJOR >= version;
  const found = PG_DUMP_MAJOR === 0 ? 'there is none' : `here is ${PG_DUMP_MAJOR}`;
  return [
    { way: 'driver', name: 'driver', isHere: true },
    { way: 'pg_dump', name: isHere ? 'pg_dump' : `pg_dump SKIPPED: needs ${version}, ${found}`, isHere },
  ];
}
