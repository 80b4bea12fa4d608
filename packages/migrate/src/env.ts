import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from './connect/urls.ts';

/** The process environment, completed by the first `.env` found from `folder` upwards; a variable that is really set wins.
 *  The file reaches the process itself, so that a project's own `env.ts` sees it too. */
export function readEnvironment(folder: string): Environment {
  const file = findUpwards(folder);
  if (file !== undefined) process.loadEnvFile(file);
  return process.env;
}

function findUpwards(folder: string): string | undefined {
  const candidate = join(folder, '.env');
  if (existsSync(candidate)) return candidate;
  const parent = dirname(folder);
  // The workspace root is the last place that is looked at.
  return parent === folder || existsSync(join(folder, 'pnpm-workspace.yaml')) ? undefined : findUpwards(parent);
}
