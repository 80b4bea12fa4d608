import { readFile } from 'node:fs/promises';
import { DbError } from '../errors/db-error.ts';

/** Schema, table and name, as far as the kind has them. */
export type Entity = readonly string[];

/** An answer for drizzle-kit, in its own form. */
export type Hint =
  | { readonly type: 'rename'; readonly kind: string; readonly from: Entity; readonly to: Entity }
  | { readonly type: 'create' | 'confirm_data_loss'; readonly kind: string; readonly entity: Entity };

/** Reads a file of answers.
 *  @throws {DbError} DB_USAGE with the file, where it is not there or is no list of answers */
export async function readHints(path: string): Promise<readonly Hint[]> {
  const wrong = (why: string, cause?: unknown) =>
    new DbError('DB_USAGE', { at: path, why, fix: 'see `pnpm db generate --help` for the form' }, { cause });
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw wrong(`--hints: ${error instanceof Error ? error.message : String(error)}`, error);
  });
  const hints = parse(text);
  if (hints instanceof SyntaxError) throw wrong(`--hints: expected JSON: ${hints.message}`, hints);
  if (!Array.isArray(hints)) throw wrong('--hints: expected a list of answers in [ ]');
  for (const hint of hints)
    if (!isHint(hint)) throw wrong(`--hints: expected a rename or a create, got ${JSON.stringify(hint)}`);
  return hints;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

function isHint(value: unknown): value is Hint {
  if (typeof value !== 'object' || value === null) return false;
  const { type, kind, from, to, entity } = value as Readonly<Record<string, unknown>>;
  if (typeof kind !== 'string') return false;
  return type === 'rename' ? isEntity(from) && isEntity(to) : isCreate(type) && isEntity(entity);
}

const isCreate = (type: unknown) => type === 'create' || type === 'confirm_data_loss';

function isEntity(value: unknown): value is Entity {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}
