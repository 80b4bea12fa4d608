import { existsSync, readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import type { DrizzleKit } from './drizzle-kit.ts';
import { kitDraft, kitStatements } from './kit-draft.ts';
import { type Staging, stageHistory } from './staging.ts';

/** Where the database is as the TypeScript declares it and drizzle-kit does not know that yet, because the last migrations were written
 *  by hand, puts its snapshot into the newest folder. Questions of renames do not arise: whatever it is, it is done.
 *  @throws {DbError} DB_GENERATE where the newest folder has a snapshot of its own */
export async function attachSnapshot(
  domain: DomainConfig,
  { root, kit, staging }: { readonly root: string; readonly kit: DrizzleKit; readonly staging: Staging },
): Promise<void> {
  const staged = stageHistory(domain, root, staging, 'snapshot');
  const options = { root, kit, name: 'snapshot', hints: undefined, decide: undefined, asNew: true };
  const drafted = await kitDraft(staged, options);
  if (drafted === null) return;
  const newest = readdirSync(join(root, domain.migrations))
    .filter((name) => /^\d{14}_/.test(name))
    .sort()
    .at(-1);
  const target = join(root, domain.migrations, newest ?? '', 'snapshot.json');
  if (newest === undefined || existsSync(target)) {
    const statements = await kitStatements(staged.folder(drafted));
    const why = `drizzle-kit sees a change that is none in the database: ${statements.join('; ')}`;
    throw new DbError('DB_GENERATE', { domain: domain.name, why, changed: 'nothing was written' });
  }
  await copyFile(join(staged.folder(drafted), 'snapshot.json'), target);
}
