import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import { UNSAID_PURPOSE } from '../files/unsaid-purpose.ts';
import { folderNames } from './folder-names.ts';

export interface CreateOptions {
  readonly root: string;
  /** Slug of the new folder. */
  readonly name: string;
  readonly noTransaction: boolean;
  readonly now: Date;
}

/** Makes the folder of a migration that a person is going to write: a header, and no statement yet. It comes after all others.
 *  @returns its path, relative to the configuration file
 *  @throws {DbError} DB_IO */
export function createFolder({ migrations }: DomainConfig, { root, name, noTransaction, now }: CreateOptions): string {
  const stamp = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  try {
    mkdirSync(join(root, migrations), { recursive: true });
    const others = readdirSync(join(root, migrations)).filter((one) => /^\d{14}_/.test(one));
    const [folder = ''] = folderNames(`${stamp}_${name}`, [''], others);
    mkdirSync(join(root, migrations, folder));
    writeFileSync(join(root, migrations, folder, 'migration.sql'), skeleton(name, noTransaction, now));
    return join(migrations, folder);
  } catch (cause) {
    throw new DbError(
      'DB_IO',
      { why: cause instanceof Error ? cause.message : String(cause), at: migrations },
      { cause },
    );
  }
}

function skeleton(name: string, noTransaction: boolean, now: Date): string {
  const title = name.replaceAll(/[-_]/g, ' ');
  return [
    `-- ${title.charAt(0).toUpperCase()}${title.slice(1)}.`,
    `-- Purpose: ${UNSAID_PURPOSE}`,
    `-- Date: ${now.toISOString().slice(0, 10)}`,
    ...(noTransaction ? ['-- db: no-transaction'] : []),
    '\n',
  ].join('\n');
}
