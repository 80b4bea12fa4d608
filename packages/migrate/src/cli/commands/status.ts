import { type Status, statusDomain } from '../../apply/status-domain.ts';
import { describeBuild } from '../../contract/build.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import type { BegunSteps } from '../../history/read-steps.ts';
import type { PlannedMigration } from '../../plan/plan.ts';
import { ABANDONED_FIX } from '../../plan/refusal.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { renderTable } from '../table.ts';

export async function run(context: Context): Promise<Outcome> {
  const { out, domains, root, finished } = context;
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  const reports = [];
  for (const { domain, target } of targets) {
    const status = await statusDomain(domain, root, target);
    const migrations = status.migrations.map((migration) => describe(migration, status.begun));
    const report = {
      domain: domain.name,
      target: target.label,
      recording: status.recording,
      migrations,
      contracts: status.contracts,
    };
    reports.push(report);
    finished.push(report);
    if (!out.json) show(out, `${out.paint('bold', domain.name)} → ${target.label}`, status);
  }
  const states = reports.flatMap(({ migrations }) => migrations.map(({ state }) => state));
  const open = states.filter((state) => state !== 'applied' && state !== 'replaced').length;
  if (open === 0) return { exit: EXIT.ok, code: 'OK', domains: reports };
  if (!out.json)
    out.talk(
      `${open} of ${states.length} migrations are not applied as they are here; \`pnpm db migrate\` says what it would do with --dry-run`,
    );
  return {
    exit: EXIT.no,
    code: states.every((state) => state === 'applied' || state === 'replaced' || state === 'unknown')
      ? 'DB_AHEAD'
      : 'DB_PENDING',
    domains: reports,
  };
}

function show(out: Output, title: string, { migrations, begun, recording, contracts }: Status): void {
  out.data(title);
  out.data(
    renderTable(
      ['migration', 'state', 'applied (UTC)', 'by', 'ms', 'version'],
      migrations.map((migration) => row(migration, begun)),
      { columns: out.columns, mayGo: ['version', 'by', 'ms'] },
    ),
  );
  for (const [name, { done, openStatement, since }] of begun) {
    const where = openStatement === null ? '' : `, statement ${openStatement} was begun and has no recorded end`;
    const isAbandoned = migrations.some((one) => one.name === name && one.state === 'half done, file missing');
    const next = isAbandoned ? ABANDONED_FIX : 'the next run goes on there';
    out.data(`${name}: ${countOf(done, 'statement')} done since ${since.toISOString()}${where}; ${next}`);
  }
  for (const { name, builds } of contracts) {
    const waits =
      builds.length === 0 ? 'nobody older is connected' : `waits for ${builds.map(describeBuild).join(', ')}`;
    out.data(`contract ${name}: ${waits}`);
  }
  if (recording === 'open')
    out.talk('note: a run goes on, or was cut before it recorded its end; `pnpm db history` shows it');
  out.data('');
}

function describe({ name, state, applied }: PlannedMigration, begun: ReadonlyMap<string, BegunSteps>) {
  return {
    name,
    state,
    appliedAt: applied?.appliedAt.toISOString() ?? null,
    appliedBy: applied?.appliedBy ?? null,
    appVersion: applied?.appVersion ?? null,
    durationMs: applied?.durationMs ?? null,
    late: applied?.late ?? false,
    /** How far it has come, where it is half done. */
    begun: begun.get(name) ?? null,
  };
}

function row(migration: PlannedMigration, begun: ReadonlyMap<string, BegunSteps>): readonly string[] {
  const { name, state, appliedAt, appliedBy, appVersion, durationMs, late } = describe(migration, begun);
  return [
    name,
    late ? `${state} (late)` : state,
    appliedAt?.slice(0, 19).replace('T', ' ') ?? '',
    appliedBy ?? '',
    String(durationMs ?? ''),
    appVersion ?? '',
  ];
}
