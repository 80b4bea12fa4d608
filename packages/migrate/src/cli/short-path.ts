import { relative } from 'node:path';

/** A path as a person would type it: relative to the working folder, but for one that leads out of it. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}
