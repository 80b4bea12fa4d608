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
