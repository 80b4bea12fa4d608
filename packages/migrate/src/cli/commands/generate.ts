import { resolve } from 'node:path';
import type { Generated } from '../../author/draft-migration.ts';
import { generateDomains } from '../../author/generate-domains.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';

interface Options {
  readonly name: string;
  readonly hints?: string;
  readonly scratchUrl?: string;
}

export async function run({ out, domains, root, cwd }: Context, options: Options): Promise<Outcome> {
  if (!/^[a-z0-9][a-z0-9_-]{0,47}$/.test(options.name)) {
    throw new DbError('DB_USAGE', {
      why: `--name: expected lower-case words joined by - or _, at most 48 characters, got ${options.name}`,
    });
  }
  const reports = await generateDomains(domains, {
    root,
    name: options.name,
    hints: options.hints === undefined ? undefined : resolve(cwd, options.hints),
    scratchUrl: options.scratchUrl,
    today: new Date().toISOString().slice(0, 10),
    talk: out.talk,
    onDomain: (name) => out.progress(`… ${name}`),
  });
  for (const report of reports) {
    if (!out.json) out.data(describe(report));
    for (const { statement, losesData } of report.drops)
      out.talk(`  ${out.paintTalk('yellow', 'warning')}: ${statement}${losesData ? ' (its data is lost)' : ''}`);
  }
  if (reports.some(({ migration }) => migration !== null))
    out.talk(
      'next: review the files, write their purpose and a down.sql beside each, then `pnpm db check` and `pnpm db migrate`',
    );
  return { exit: EXIT.ok, code: 'OK', domains: reports };
}

function describe({ domain, path, statements, objects }: Generated): string {
  return path === null ? `${domain}: no changes` : `${domain}: ${path}  (${statements} statements, ${objects} objects)`;
}
