import { createFolder } from '../../author/create-folder.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';
import { requireSlug } from '../slug.ts';

interface Options {
  /** False: --no-transaction. */
  readonly transaction: boolean;
}

export async function run(context: Context, options: Options, [name = '']: readonly string[]): Promise<Outcome> {
  const { out, domains, root, config } = context;
  const [domain, ...more] = domains;
  if (domain === undefined || more.length > 0) {
    const names = config.domains.map((one) => one.name).join(', ');
    throw new DbError('DB_USAGE', {
      why: `expected exactly one --domain, of ${names}`,
      fix: 'name it: --domain <name>',
    });
  }
  const path = createFolder(domain, {
    root,
    name: requireSlug('name', name),
    noTransaction: !options.transaction,
    now: new Date(),
  });
  if (!out.json) out.data(`${domain.name}: ${path}/migration.sql`);
  out.talk(
    `next: write its purpose and its SQL, then \`pnpm db prove ${path.split(/[\\/]/).at(-1)}\` writes its down.sql`,
  );
  return { exit: EXIT.ok, code: 'OK', domains: [{ domain: domain.name, migration: path.split(/[\\/]/).at(-1), path }] };
}
