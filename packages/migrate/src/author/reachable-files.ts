import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Every file that some files reach by a relative path in quotes, as imports and drizzle-kit's `schema` name theirs; with themselves.
 *  Too many do no harm. Absolute paths; those in quotes are relative to their file or to `root`. */
export function reachableFiles(files: readonly string[], root: string): readonly string[] {
  const found = new Set<string>();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (!/\.[cm]?[jt]s$/.test(file)) continue;
    for (const [, path = ''] of textOf(file).matchAll(/['"`](\.{1,2}\/[^'"`\n]+)['"`]/g))
      for (const from of [dirname(file), root]) {
        const next = resolve(from, path);
        if (statSync(next, { throwIfNoEntry: false })?.isFile() === true) open.push(next);
      }
  }
  return [...found];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
