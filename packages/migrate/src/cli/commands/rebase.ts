import { findBase } from '../../check/base.ts';
import { type RebaseReport, rebaseDomain } from '../../check/rebase-domain.ts';
import type { DomainConfig } from '../../config/config.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { readHistoryOf } from '../../history/read.ts';
import type { Context, Outcome } from '../command.ts';
import { onSession } from '../on-session.ts';
import type { Output } from '../output.ts';

interface Options {
  readonly base?: string;
  readonly yes?: boolean;
  /** False: --no-database. */
  readonly database?: boolean;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { domains, root, environment, out } = context;
  const base = await findBase(root, environment, options.base);
  if (!base.ok) throw new DbError('DB_USAGE', { why: base.why, fix: base.fix.replace('; or pass --no-base', '') });
  const write = options.yes === true;
  const now = Date.now();
  const plan = async (domain: DomainConfig, applied: ReadonlySet<string>, wet: boolean) =>
    await rebaseDomain(domain, { root, base, applied, now, write: wet });
  const asked = new Map<string, ReadonlySet<string>>();
  const planned: RebaseReport[] = [];
  // All are planned before the first is written.
  for (const domain of domains) {
    const first = await plan(domain, new Set(), false);
    const applied = first.folders.length === 0 ? new Set<string>() : await appliedOf(context, domain, options);
    asked.set(domain.name, applied);
    planned.push(await plan(domain, applied, false));
  }
  const reports: RebaseReport[] = write ? [] : planned;
  if (write) for (const domain of domains) reports.push(await plan(domain, asked.get(domain.name) ?? new Set(), true));
  if (!out.json) for (const report of reports) show(out, report);
  const open = reports.some(({ folders, written }) => folders.length > 0 && !written);
  return { exit: open ? EXIT.decision : EXIT.ok, code: open ? 'DB_CONFIRM' : 'OK', domains: reports };
}

/** What a database has of a domain, applied or begun. Without a URL nobody is asked, and that is said. */
async function appliedOf(context: Context, domain: DomainConfig, { database }: Options): Promise<ReadonlySet<string>> {
  const target = database === false ? undefined : targetOf(context, domain);
  if (target === undefined) {
    context.out.talk(`${domain.name}: no database was asked whether it has these migrations`);
    return new Set();
  }
  context.out.talk(`${domain.name} → ${target.label}: is any of them applied?`);
  const { applied, halfDone } = await onSession(target, { app: 'db rebase' }, (session) =>
    readHistoryOf(session, domain.name),
  );
  return new Set([...applied.map(({ name }) => name), ...halfDone]);
}

function targetOf({ target }: Context, domain: DomainConfig): ReturnType<Context['target']> | undefined {
  try {
    return target(domain);
  } catch (error) {
    if (error instanceof DbError && error.code === 'DB_URL_MISSING') return undefined;
    throw error;
  }
}

function show(out: Output, { domain, folders, notes, ahead, written }: RebaseReport): void {
  if (folders.length === 0) {
    out.data(`${domain}: nothing to do`);
    return;
  }
  for (const { from, to, snapshot } of folders) {
    const name = from === to ? `${from} keeps its name` : `${from} ${written ? 'is now' : 'would be'} ${to}`;
    out.data(`${domain}: ${name}${snapshot === 'rebuilt' ? '; its snapshot follows the base' : ''}`);
  }
  for (const note of notes) out.data(`  read both: ${note}`);
  if (ahead > 0) out.data('  the schema is ahead of that: `pnpm db generate` is next');
  out.talk(written ? 'next: `pnpm db:pages`, `pnpm db check`, then commit' : 'nothing was changed; --yes does it');
}
