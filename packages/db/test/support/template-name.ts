import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A template's name with a hash over every migration, so that an edited history gets a template of its own. */
export function templateName(prefix: string, root: string): string {
  const folder = join(root, 'migrations');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  return `${prefix}_${hash.digest('hex').slice(0, 16)}`;
}
