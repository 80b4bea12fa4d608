import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { parseHistory } from '../../files/parse-history.ts';
import { firstStartScript } from '../../script/first-start.ts';
import { pendingScript } from '../../script/pending.ts';
import { planPending } from '../../seeing/plan-pending.ts';
import type { Context, Outcome } from '../command.ts';

interface Options {
  readonly out?: string;
  readonly pending?: boolean;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { sql, reports } = options.pending === true ? await pending(context) : await whole(context);
  const { out, cwd } = context;
  if (options.out === undefined) {
    if (!out.json) out.data(sql.trimEnd());
    return { exit: EXIT.ok, code: 'OK', domains: reports, extra: { sql } };
  }
  await writeFile(resolve(cwd, options.out), sql);
  if (!out.json) out.data(`${options.out}: ${reports.reduce((sum, { migrations }) => sum + migrations, 0)} migrations`);
  return { exit: EXIT.ok, code: 'OK', domains: reports };
}

interface Script {
  readonly sql: string;
  readonly reports: readonly { readonly domain: string; readonly migrations: number }[];
}

async function whole({ domains, root }: Context): Promise<Script> {
  const parsed = await Promise.all(
    domains.map(async (domain) => ({ name: domain.name, migrations: await parseHistory(domain, root) })),
  );
  return { sql: firstStartScript(parsed), reports: parsed.map(counted) };
}

async function pending({ domains, root, target }: Context): Promise<Script> {
  const targets = domains.map((domain) => ({ domain, target: target(domain) }));
  const [first] = targets;
  const other = targets.find((one) => one.target.url !== first?.target.url);
  if (first === undefined || other !== undefined) {
    throw new DbError('DB_USAGE', {
      why: `one script is for one database: ${first?.domain.name} and ${other?.domain.name} have databases of their own; name one by --domain`,
    });
  }
  const plans = [];
  for (const one of targets) plans.push(await planPending(one.domain, root, one.target));
  return { sql: pendingScript(first.target.label, plans), reports: plans.map(counted) };
}

function counted({ name, migrations }: { readonly name: string; readonly migrations: readonly unknown[] }) {
  return { domain: name, migrations: migrations.length };
}
