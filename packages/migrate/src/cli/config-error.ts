import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DbError } from '../errors/db-error.ts';

/** Why the project's own code cannot be loaded, as DB_CONFIG with the file it stands in, as seen from `root`; what was `loading` where
 *  nothing says which. A package that is not installed is no fault of that code, and stays as it is. */
export function configError(error: unknown, loading: string, root: string): unknown {
  if (error instanceof DbError || isMissingPackage(error)) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new DbError('DB_CONFIG', { why, at: placeOf(error, root) ?? loading }, { cause: error });
}

/** Node's error for a bare specifier, of an import or, in the bundle, of a `require`; a file that is not there is named by its path. */
export function isMissingPackage(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  if (error.code === 'ERR_MODULE_NOT_FOUND') return !('url' in error);
  return error.code === 'MODULE_NOT_FOUND' && /^Cannot find module '[^./]/.test(error.message);
}

/** File and line, from the first place in the stack that is no package's, or the importer of a file that is not there. Undefined where
 *  the importer is this room: the configuration itself is not there. */
function placeOf(error: unknown, root: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, importer] = /^Cannot find module .* imported from (.+)$/.exec(error.message) ?? [];
  if (importer !== undefined) return dirname(importer) === import.meta.dirname ? undefined : relative(root, importer);
  const [place] = [...(error.stack ?? '').matchAll(PLACE)].filter(([text]) => !text.includes('/node_modules/'));
  if (place?.[1] === undefined) return undefined;
  return `${relative(root, place[1].startsWith('file:') ? fileURLToPath(place[1]) : place[1])}:${place[2]}`;
}

/** A URL anywhere, or the path alone in its line that Node begins a syntax error with. */
const PLACE = /(file:\/\/\S+?|^(?:\/|[A-Z]:\\).+?):(\d+)/gm;
