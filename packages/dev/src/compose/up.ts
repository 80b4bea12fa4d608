import { output } from '../output.ts';
import { type Compose, showLogs, waitForContainer } from './docker.ts';
import { isPortTaken, nextFreePort } from './port.ts';
import type { ComposeSettings } from './settings.ts';

const failed = 1;
const refused = 4;

/** Starts Postgres and runs the migrations; prints the connection string once both are done.
 *  Returns the exit code: 0, 4 when the port is taken (nothing was started), or what the migration ended with. */
export async function up(compose: Compose, settings: ComposeSettings): Promise<number> {
  if (!isOurs(compose, settings.port) && (await isPortTaken(settings.port))) return await refusePort(settings.port);
  if (compose.run('up', '-d', '--build') !== 0) {
    // Somebody may have taken the port between the look and the start; Docker's own message does not name DB_PORT.
    if (!isOurs(compose, settings.port) && (await isPortTaken(settings.port))) return await refusePort(settings.port);
    compose.run('logs', '--tail', '30', 'postgres');
    output.talk(
      'Compose could not start; its output is above. A first start that broke off leaves half a database behind:',
    );
    output.talk('`pnpm dev:down -v` removes it, with all its data.');
    return failed;
  }
  const id = compose.ask('ps', '--all', '-q', 'migrate');
  const code = id ? waitForContainer(id) : undefined;
  if (id) showLogs(id);
  if (code !== 0) {
    output.talk(`Postgres is up, but the migration ended with exit code ${code ?? 'unknown'}; its output is above.`);
    return code ?? failed;
  }
  output.talk(
    `Postgres is ready and migrated on port ${settings.port}. Stop: pnpm dev:down (with -v it forgets its data).`,
  );
  output.data(settings.connectionString);
  return 0;
}

/** True when it is our own Postgres, started before, that listens on the port. */
function isOurs(compose: Compose, port: number): boolean {
  return compose.ask('port', 'postgres', '5432')?.endsWith(`:${port}`) ?? false;
}

async function refusePort(port: number): Promise<number> {
  const free = await nextFreePort(port);
  output.talk(`Port ${port} is taken by another program, so nothing was started.`);
  output.talk(`Set DB_PORT to a free port, in the environment or in .env: DB_PORT=${free ?? '<port>'} pnpm dev:up`);
  return refused;
}
