import type { LintFinding } from '../lint/lint-files.ts';
import type { OnlineNote } from '../online/plan-online.ts';
import type { Drop } from '../sql/drops.ts';
import type { WrittenFile } from './write-folders.ts';

export interface Generated {
  readonly domain: string;
  /** Name of the first new folder. NULL: nothing changed. */
  readonly migration: string | null;
  /** That folder, relative to the configuration file. NULL: nothing changed. */
  readonly path: string | null;
  /** Every new folder, in the order in which they are applied. */
  readonly files: readonly WrittenFile[];
  /** Statements by drizzle-kit and by the catalog diff. */
  readonly statements: number;
  readonly objects: number;
  /** What it takes away, in its order. */
  readonly drops: readonly Drop[];
  /** What the proof found, in one line. NULL: nothing changed. */
  readonly proof: string | null;
  readonly warnings: readonly OnlineNote[];
  /** What `lint` says of the new files; `check` refuses errors until they are changed or allowed. */
  readonly hazards: readonly LintFinding[];
}

/** The report of a domain in which nothing changed. */
export function unchanged(domain: string): Generated {
  const none = {
    migration: null,
    path: null,
    files: [],
    statements: 0,
    objects: 0,
    drops: [],
    proof: null,
    warnings: [],
    hazards: [],
  };
  return { domain, ...none };
}
