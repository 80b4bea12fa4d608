import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The workspace root. */
export const root = join(import.meta.dirname, '../../..');

/** The environment, with `.env` of the root below it: a variable that is really set wins. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  const file = join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/** The environment of a child that works on one server for every domain: per-domain overrides would lead it elsewhere. The URL goes
 *  this way and not by a flag, for flags stand in the list of processes. */
export function environmentFor(url: string): Record<string, string | undefined> {
  const rest = Object.entries(process.env).filter(([name]) => !/(^|_)(DATABASE|DIRECT)_URL$/.test(name));
  return { ...Object.fromEntries(rest), DATABASE_URL: url };
}
