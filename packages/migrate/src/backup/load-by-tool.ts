import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Session } from '../connect/session.ts';
import type { Environment } from '../connect/urls.ts';
import { type ClientProgram, startProgram } from './client-program.ts';
import { copyIn } from './copy-in.ts';
import { fenceOf, forServer, readDumpScript } from './dump-script.ts';
import { DUMP_FILE } from './manifest.ts';
import { restoring } from './restoring.ts';

/** Runs what pg_restore makes of the dump through our own session: so the history and the checks are in one transaction with it, and
 *  the program needs no connection.
 *  @throws {DbError} DB_RESTORE, DB_BACKUP_TOOL */
export async function loadByTool(
  session: Session,
  folder: string,
  program: ClientProgram,
  environment: Environment,
): Promise<void> {
  // Only the middle one has rows: elsewhere a line of a function that looks like a COPY is none.
  await printed('pre-data', (output) => runAll(session, output));
  await printed('data', (output) => runWithRows(session, output));
  await printed('post-data', (output) => runAll(session, output));

  async function printed(section: string, read: (output: Readable) => Promise<void>): Promise<void> {
    const args = ['--no-owner', '--no-privileges', `--section=${section}`, '--file=-'];
    const running = startProgram(program, args, environment);
    const dump = createReadStream(join(folder, DUMP_FILE));
    dump.pipe(running.stdin);
    try {
      await read(running.stdout);
      await running.ended;
    } finally {
      dump.destroy();
      running.kill();
    }
  }
}

async function runAll({ sql, serverVersion }: Session, output: Readable): Promise<void> {
  const statements = await text(output);
  await restoring(DUMP_FILE, sql.unsafe(forServer(statements, serverVersion, fenceOf(statements))));
}

async function runWithRows({ sql, serverVersion }: Session, output: Readable): Promise<void> {
  const script = readDumpScript(output);
  for (let fence: string | undefined; ; ) {
    const { statements, copy } = await script.next();
    fence ??= fenceOf(statements);
    await restoring(DUMP_FILE, sql.unsafe(forServer(statements, serverVersion, fence)));
    if (copy === undefined) return;
    await restoring(copy, copyIn(sql, copy, Readable.from(script.rows(), { objectMode: false })));
  }
}
