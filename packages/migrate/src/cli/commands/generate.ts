import { resolve } from 'node:path';
import { type Generated, generateDomain } from '../../author/generate-domain.ts';
import { openScratch } from '../../author/scratch.ts';
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
  await using scratch = await openScratch(options.scratchUrl);
  const hints = options.hints === undefined ? undefined : resolve(cwd, options.hints);
  const today = new Date().toISOString().slice(0, 10);
  const reports: Generated[] = [];
  for (const domain of domains) {
    out.progress(`… ${domain.name}`);
    const generated = await generateDomain(domain, { root, name: options.name, hints, scratch, today });
    reports.push(generated);
    if (!out.json) out.data(describe(generated, domain.migrations));
  }
  if (reports.some(({ migration }) => migration !== null))
    out.talk('next: review the files, write their purpose, then `pnpm db:migrate`');
  return { exit: EXIT.ok, code: 'OK', domains: reports };
}

function describe({ domain, migration, statements, objects }: Generated, folder: string): string {
  if (migration === null) return `${domain}: no changes`;
  return `${domain}: ${folder}/${migration}  (${statements} statements, ${objects} objects)`;
}
