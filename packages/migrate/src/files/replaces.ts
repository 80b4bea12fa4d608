/** A migration that a baseline stands for. */
export interface Replaced {
  readonly name: string;
  /** SHA-256 of its text. */
  readonly checksum: string;
  /** The baseline, itself replaced, that stood for it: a database has that one, or these. NULL: it is no part of another. */
  readonly within: string | null;
}

/** How a header names one, after `-- db: replaces `. */
export const REPLACED = /^(\d{14}_[a-z0-9][a-z0-9_-]*) ([0-9a-f]{64})(?: within (\d{14}_[a-z0-9][a-z0-9_-]*))?$/;

const LINE = '-- db: replaces ';

/** What a file replaces, by the lines at its very top: planning reads no further, and no grammar. Pure. */
export function replacedBy(sql: string): readonly Replaced[] {
  if (!sql.includes(LINE)) return [];
  const found: Replaced[] = [];
  for (const line of sql.split('\n')) {
    if (line.trim() !== '' && !line.startsWith('--')) break;
    const replaced = line.startsWith(LINE) ? parseReplaced(line.slice(LINE.length).trim()) : null;
    if (replaced !== null) found.push(replaced);
  }
  return found;
}

/** NULL: it is not of that form. */
export function parseReplaced(text: string): Replaced | null {
  const [, name, checksum, within = null] = REPLACED.exec(text) ?? [];
  return name === undefined || checksum === undefined ? null : { name, checksum, within };
}

/** The header line of one. */
export function replacesLine({ name, checksum, within }: Replaced): string {
  return `${LINE}${name} ${checksum}${within === null ? '' : ` within ${within}`}`;
}

/** Names of every migration that baselines stand for, and whose folders are therefore gone. */
export function replacedNames(files: readonly { readonly replaces: readonly Replaced[] }[]): ReadonlySet<string> {
  return new Set(files.flatMap(({ replaces }) => replaces.map(({ name }) => name)));
}
