import type { Sql } from 'postgres';
import type { Target } from '../connect/target.ts';
import type { Environment } from '../connect/urls.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import { writeBackupFile } from './backup-file.ts';
import { type ClientProgram, libpqEnvironment, startProgram } from './client-program.ts';
import { type BackupFile, DUMP_FILE } from './manifest.ts';
import { LOCK_TIMEOUT_MS } from './snapshot.ts';

/** Lets pg_dump write the domain's schema in its custom format, from the snapshot of `sql`'s transaction. Owners and privileges are
 *  left out: the backup has them on its own.
 *  @throws {DbError} DB_BACKUP_TOOL */
export async function dumpSchema(
  sql: Sql,
  target: Target,
  schema: string,
  program: ClientProgram,
  environment: Environment,
  folder: string,
): Promise<BackupFile> {
  const [row] = await sql<{ snapshot: string }[]>`SELECT pg_export_snapshot() AS snapshot`;
  const args = [
    '--format=custom',
    '--no-password',
    '--no-owner',
    '--no-privileges',
    `--lock-wait-timeout=${LOCK_TIMEOUT_MS}`,
    `--snapshot=${row?.snapshot}`,
    // Quoted, a name is a name and no pattern.
    `--schema=${quoteIdentifier(schema)}`,
    ...(await usedExtensions(sql, schema)).map((name) => `--extension=${quoteIdentifier(name)}`),
  ];
  const running = startProgram(program, args, libpqEnvironment(target, environment, program.inDocker));
  running.stdin.end();
  try {
    const file = await writeBackupFile(folder, DUMP_FILE, running.stdout);
    await running.ended;
    return file;
  } finally {
    running.kill();
  }
}

/** Extensions that objects of the schema depend on: pg_dump leaves out those that it is not told of. */
async function usedExtensions(sql: Sql, schema: string): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT DISTINCT e.extname AS name
    FROM pg_extension e
    JOIN pg_depend m ON m.refclassid = 'pg_extension'::regclass AND m.refobjid = e.oid AND m.deptype = 'e'
    JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype IN ('n', 'a')
    CROSS JOIN LATERAL pg_identify_object_as_address(d.classid, d.objid, d.objsubid) AS a
    WHERE a.object_names[1] = ${schema} AND e.extname <> 'plpgsql' ORDER BY 1`;
  return rows.map(({ name }) => name);
}
