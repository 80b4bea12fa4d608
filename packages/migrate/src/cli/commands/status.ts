import { statusDomain } from '../../apply/status-domain.ts';
import { EXIT } from '../../errors/codes.ts';
import type { PlannedMigration } from '../../plan/plan.ts';
import type { Context, Outcome } from '../command.ts';
import { renderTable } from '../table.ts';

export async function run(context: Context): Promise<Outcome> {
  const { out, domains, root } = context;
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  const reports = [];
  for (const { domain, target } of targets) {
    const { migrations } = await statusDomain(domain, root, target);
    reports.push({ domain: domain.name, target: target.label, migrations: migrations.map(describe) });
    if (out.json) continue;
    out.data(`${out.paint('bold', domain.name)} → ${target.label}`);
    out.data(renderTable(['migration', 'state', 'applied', 'by', 'ms', 'version'], migrations.map(row)));
    out.data('');
  }
  const states = reports.flatMap(({ migrations }) => migrations.map(({ state }) => state));
  const open = states.filter((state) => state !== 'applied').length;
  if (open === 0) return { exit: EXIT.ok, code: 'OK', domains: reports };
  if (!out.json)
    out.talk(
      `${open} of ${states.length} migrations are not applied as they are here; \`pnpm db:migrate\` says what it would do with --dry-run`,
    );
  return {
    exit: EXIT.no,
    code: states.every((state) => state === 'applied' || state === 'unknown') ? 'DB_AHEAD' : 'DB_PENDING',
    domains: reports,
  };
}

function describe({ name, state, applied }: PlannedMigration) {
  return {
    name,
    state,
    appliedAt: applied?.appliedAt.toISOString() ?? null,
    appliedBy: applied?.appliedBy ?? null,
    appVersion: applied?.appVersion ?? null,
    durationMs: applied?.durationMs ?? null,
    late: applied?.late ?? false,
  };
}

function row(migration: PlannedMigration): readonly string[] {
  const { name, state, appliedAt, appliedBy, appVersion, durationMs, late } = describe(migration);
  return [
    name,
    late ? `${state} (late)` : state,
    appliedAt?.slice(0, 19).replace('T', ' ') ?? '',
    appliedBy ?? '',
    String(durationMs ?? ''),
    appVersion ?? '',
  ];
}
