import type { Target } from '../../connect/target.ts';
import { DbError } from '../../errors/db-error.ts';
import { cloneOf } from './clone.ts';
import type { Copy } from './copy.ts';

export interface CopySource {
  readonly domain: string;
  /** What is copied; only ever read. */
  readonly target: Target;
  readonly serverVersion: number;
  readonly production: boolean;
}

export interface CopyOptions {
  /** Server for a copy that is no clone. Undefined: a clone where that can be, else a local one. */
  readonly scratchUrl: string | undefined;
  readonly talk: (line: string) => void;
}

/** A clone of the database beside itself, or where that cannot be what `replay` makes, which is told why.
 *  @throws {DbError} DB_PRODUCTION without a server for the copy */
export async function cloneOrReplay(
  { domain, target, serverVersion, production }: CopySource,
  { scratchUrl, talk }: CopyOptions,
  replay: (why: string) => Promise<Copy>,
): Promise<Copy> {
  if (production && scratchUrl === undefined) {
    throw new DbError('DB_PRODUCTION', {
      why: 'rehearsing is refused: this database is marked as production, and a copy beside it would work its server',
      at: target.label,
      fix: 'pass --scratch-url with another server for the copy: its schema is replayed there, with generated rows',
      changed: 'nothing was changed',
      domain,
    });
  }
  let why = 'a server for the copy was named';
  if (scratchUrl === undefined) {
    const cloned = await cloneOf(target, serverVersion);
    if (cloned.ok) return cloned.copy;
    why = cloned.why;
  }
  talk(`  the copy is no clone but a replay: ${why}`);
  return await replay(why);
}
