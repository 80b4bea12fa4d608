import { statusDomain } from '../../apply/status-domain.ts';
import { missingRelations } from '../../catalog/missing-relations.ts';
import { openSession } from '../../connect/session.ts';
import { EXIT } from '../../errors/codes.ts';
import type { Context, Outcome } from '../command.ts';

export async function run(context: Context): Promise<Outcome> {
  const { out, domains, root } = context;
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  const reports = [];
  for (const { domain, target } of targets) {
    const { migrations } = await statusDomain(domain, root, target);
    const ahead = migrations.filter(({ state }) => state === 'unknown').map(({ name }) => name);
    const open = migrations
      .filter(({ state }) => state !== 'applied' && state !== 'unknown')
      .map(({ name, state }) => `${name} is ${state}`);
    const { schema, seed } = await domain.load();
    await using session = await openSession(target, { app: `db verify ${domain.name}`, readOnly: true });
    const relations = (await missingRelations(session.sql, schema)).map((name) => `${name} is not there`);
    const rows =
      relations.length > 0 ? [] : (await seed.missing(session.sql)).map((name) => `${name}: reference row is missing`);
    const findings = [...open, ...relations, ...rows];
    reports.push({ domain: domain.name, target: target.label, ready: findings.length === 0, findings, ahead });
    if (out.json) continue;
    out.data(
      `${out.paint(findings.length === 0 ? 'green' : 'red', findings.length === 0 ? 'yes' : 'no ')} ${domain.name} → ${target.label}`,
    );
    for (const finding of findings) out.data(`    ${finding}`);
    if (ahead.length > 0) out.talk(`    note: the database is newer than this build (${ahead.at(-1)})`);
  }
  const notReady = reports.filter(({ ready }) => !ready);
  if (notReady.length === 0) return { exit: EXIT.ok, code: 'OK', domains: reports };
  const pending = notReady.some(({ findings }) =>
    findings.some((finding) => / is (pending|out of order|half done)$/.test(finding)),
  );
  if (!out.json) out.talk(`fix: ${pending ? 'pnpm db:migrate' : 'pnpm db:migrate && pnpm db:seed'}`);
  return { exit: EXIT.no, code: pending ? 'DB_PENDING' : 'DB_NOT_READY_SCHEMA', domains: reports };
}
