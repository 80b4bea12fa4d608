import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import postgres from 'postgres';
import { environmentFor, root } from '../../src/env.ts';

/** packages/db as it stands, to be changed at will. */
export interface Copy extends AsyncDisposable {
  /** Runs `pnpm db …` on the copy and its database; gives what a terminal shows, with the paths of what is copied. */
  db(...args: readonly string[]): Promise<string>;
  /** @throws {Error} where `from` is not in the file */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Writes what every new migration is for. */
  sayPurpose(purpose: string): Promise<void>;
  /** Name of the newest folder; `back`: how many before it. */
  newest(back?: number): Promise<string>;
  readNewest(file: string, back: number): Promise<string>;
  /** Puts SQL below the header of the newest migration. */
  writeNewest(sql: string): Promise<void>;
}

const HISTORY = 'migrations/video';

export async function copyOfDomains(server: string): Promise<Copy> {
  const from = join(root, 'packages/db');
  const folder = await mkdtemp(join(root, 'packages/.guide-'));
  for (const name of ['drizzle', 'migrations', 'src', 'db.config.ts', 'package.json'])
    await cp(join(from, name), join(folder, name), { recursive: true });
  await symlink(join(from, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const url = await createDatabase(server);
  const newest = async (back = 0) => (await readdir(join(folder, HISTORY))).sort().at(-1 - back) ?? '';
  const change = async (file: string, by: (text: string) => string) => {
    const path = join(folder, file);
    await writeFile(path, by(await readFile(path, 'utf8')));
  };
  return {
    newest,
    db: async (...args) => {
      const shown = await run(
        [join(root, 'packages/migrate/src/cli/main.js'), '--config', join(folder, 'db.config.ts'), ...args],
        url,
      );
      return shown.replaceAll(`packages/${basename(folder)}/`, 'packages/db/');
    },
    edit: (file, before, after) =>
      change(file, (text) => {
        if (!text.includes(before)) throw new Error(`${file} has no ${before}`);
        return text.replace(before, after);
      }),
    sayPurpose: async (purpose) => {
      for (const name of await readdir(join(folder, HISTORY)))
        if (/^\d{14}_/.test(name))
          await change(`${HISTORY}/${name}/migration.sql`, (text) =>
            text.replace('say what changes and why.', purpose),
          );
    },
    readNewest: async (file, back) => await readFile(join(folder, HISTORY, await newest(back), file), 'utf8'),
    writeNewest: async (sql) =>
      await change(`${HISTORY}/${await newest()}/migration.sql`, (text) => `${text.trimEnd()}\n\n${sql}`),
    [Symbol.asyncDispose]: async () => {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** With the name that the guides use; it goes with its server. */
async function createDatabase(server: string): Promise<string> {
  const sql = postgres(server, { max: 1, onnotice: () => {} });
  await sql`CREATE DATABASE repo`;
  await sql.end();
  const url = new URL(server);
  url.pathname = '/repo';
  return url.href;
}

/** Both streams in the order in which they come; a failure is shown, too. */
async function run(args: readonly string[], url: string): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: root, env: environmentFor(url) });
  let shown = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const code = await new Promise<number>((settle) => child.once('close', (exit) => settle(exit ?? 1)));
  const lines = shown.split('\n').filter((line) => !line.startsWith('… '));
  return `${lines.join('\n').trimEnd()}\n${code === 0 ? '' : `[exit ${code}]\n`}`;
}
