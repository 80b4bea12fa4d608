import type { DomainConfig } from '../../config/config.ts';
import { openSession } from '../../connect/session.ts';
import type { Target } from '../../connect/target.ts';
import { type ServerFacts, serverFacts } from '../../doctor/facts.ts';
import { type Finding, judgeServer, type Verdict } from '../../doctor/judge.ts';
import { EXIT } from '../../errors/codes.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { targetsByDatabase } from '../targets-by-database.ts';

interface Examined {
  readonly target: string;
  readonly domains: readonly string[];
  readonly findings: readonly Finding[];
  readonly facts: ServerFacts;
}

export async function run(context: Context): Promise<Outcome> {
  const { out } = context;
  const reports: Examined[] = [];
  for (const { target, domains } of targetsByDatabase(context)) {
    const report = await examine(target, domains);
    reports.push(report);
    if (!out.json) show(out, report);
  }
  const failed = reports.some(({ findings }) => findings.some(({ verdict }) => verdict === 'no'));
  return { exit: failed ? EXIT.no : EXIT.ok, code: failed ? 'DB_FINDINGS' : 'OK', domains: reports };
}

/** A pooler, a refused password and the like end it before: the error says what to do. */
async function examine(target: Target, domains: readonly DomainConfig[]): Promise<Examined> {
  const modules = await Promise.all(domains.map((domain) => domain.load()));
  const extensions = modules.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === 'extension').map(({ name }) => name),
  );
  await using session = await openSession(target, { app: 'db doctor', readOnly: true });
  const facts = await serverFacts(
    session,
    [...domains.map(({ schema }) => schema), 'migrations'],
    [...new Set(extensions)],
  );
  return { target: target.label, domains: domains.map(({ name }) => name), findings: judgeServer(facts), facts };
}

const COLOURS = { ok: 'green', warn: 'yellow', no: 'red' } as const satisfies Record<Verdict, string>;

function show(out: Output, { target, domains, findings }: Examined): void {
  out.data(`${out.paint('bold', domains.join(', '))} → ${target}`);
  for (const { check, verdict, text } of findings)
    out.data(`${out.paint(COLOURS[verdict], verdict.padEnd(4))}  ${check.padEnd(12)}  ${text}`);
  out.data('');
}
