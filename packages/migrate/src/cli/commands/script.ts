import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXIT } from '../../errors/codes.ts';
import { parseHistory } from '../../files/parse-history.ts';
import { firstStartScript } from '../../script/first-start.ts';
import type { Context, Outcome } from '../command.ts';

export async function run(
  { out, domains, root, cwd }: Context,
  { out: file }: { readonly out?: string },
): Promise<Outcome> {
  const parsed = await Promise.all(
    domains.map(async (domain) => ({ name: domain.name, migrations: await parseHistory(domain, root) })),
  );
  const sql = firstStartScript(parsed);
  const reports = parsed.map(({ name, migrations }) => ({ domain: name, migrations: migrations.length }));
  if (file === undefined) {
    if (!out.json) out.data(sql.trimEnd());
    return { exit: EXIT.ok, code: 'OK', domains: reports, extra: { sql } };
  }
  await writeFile(resolve(cwd, file), sql);
  if (!out.json) out.data(`${file}: ${reports.reduce((sum, { migrations }) => sum + migrations, 0)} migrations`);
  return { exit: EXIT.ok, code: 'OK', domains: reports };
}
