import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './connect/urls.ts';

/** The process environment over the first `.env` found from `folder` upwards; a variable that is really set wins. */
export function readEnvironment(folder: string): Environment {
  const file = findUpwards(folder);
  return { ...(file === undefined ? {} : parseEnv(readFileSync(file, 'utf8'))), ...process.env };
}

function findUpwards(folder: string): string | undefined {
  const candidate = join(folder, '.env');
  if (existsSync(candidate)) return candidate;
  const parent = dirname(folder);
  // The workspace root is the last place that is looked at.
  return parent === folder || existsSync(join(folder, 'pnpm-workspace.yaml')) ? undefined : findUpwards(parent);
}
