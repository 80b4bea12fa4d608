import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { applyRoles, type RolesReport } from '../../roles/apply-roles.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { targetsByDatabase } from '../targets-by-database.ts';

export async function run(
  context: Context,
  options: { readonly yes?: boolean },
  [what]: readonly string[],
): Promise<Outcome> {
  const { out, config } = context;
  if (what !== 'apply') throw new DbError('DB_USAGE', { why: `roles: expected apply, got ${what}` });
  if (config.roles === undefined)
    throw new DbError('DB_CONFIG', { why: 'expected `roles: { owner, migrator }` in the configuration, got none' });
  const reports: RolesReport[] = [];
  for (const { target, domains } of targetsByDatabase(context)) {
    const report = await applyRoles(target, config.roles, domains, { yes: options.yes === true });
    reports.push(report);
    if (!out.json) show(out, report);
  }
  const shown = reports.some(({ outcome }) => outcome === 'shown');
  if (shown && !out.json) out.talk('nothing was changed; --yes runs them');
  return { exit: shown ? EXIT.decision : EXIT.ok, code: shown ? 'DB_CONFIRM' : 'OK', domains: reports };
}

function show(out: Output, { target, statements, laterSchemas, outcome }: RolesReport): void {
  if (outcome === 'nothing to do') out.data(`${out.paint('green', 'ok')} ${target}: the roles are as they should be`);
  else out.data(`-- ${target}: ${outcome}\n${statements.map((statement) => `${statement};`).join('\n')}`);
  if (laterSchemas.length > 0)
    out.talk(`not there yet: ${laterSchemas.join(', ')}; after \`pnpm db migrate\` run this again`);
}
