import { backfillDomain } from '../../backfill/backfill-domain.ts';
import type { RunOptions } from '../../backfill/run.ts';
import { type BackfillStatus, backfillStatus } from '../../backfill/status.ts';
import type { DomainConfig } from '../../config/config.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { DbError } from '../../errors/db-error.ts';
import { describeHolder } from '../../lock/try-lock.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { parseWhole } from '../parse-whole.ts';
import { sayWaiting } from '../say-waiting.ts';
import { showBackfill } from '../show-backfill.ts';
import { renderTable } from '../table.ts';

interface Options {
  readonly status?: boolean;
  readonly rate?: string;
  readonly connections?: string;
  readonly keepGoing?: boolean;
  readonly restart?: boolean;
  readonly maxLag: string;
  readonly lockWait: string;
}

const MB = 1024 * 1024;

export async function run(context: Context, options: Options, [name]: readonly string[]): Promise<Outcome> {
  if (name === undefined) refuseWishes(options);
  const domains = name === undefined ? context.domains : await declaring(context.domains, name);
  if (name === undefined || options.status === true) return await status(context, domains, name);
  const [domain, ...others] = domains;
  if (domain === undefined || others.length > 0) {
    const names = domains.map((one) => one.name).join(' and ');
    throw new DbError('DB_USAGE', { why: `${names} have a backfill "${name}": expected one --domain` });
  }
  const { out } = context;
  const how = wishes(options, out);
  const target = context.target(domain);
  out.talk(`${out.paintTalk('bold', domain.name)} → ${target.label}`);
  const done = await backfillDomain(domain, name, { target, ...how });
  if (!out.json) {
    const what =
      done === null ? 'was done already' : `is done, ${countOf(done.rows, 'row')} in ${(done.ms / 1000).toFixed(1)} s`;
    out.data(`${domain.name}: backfill ${name} ${what}`);
  }
  const { rows = 0, ms = 0, vacuums = 0 } = done ?? {};
  const report = { domain: domain.name, target: target.label, backfills: [{ name, rows, ms, vacuums }] };
  return { exit: EXIT.ok, code: 'OK', domains: [report] };
}

/** Who asks for a run and names none would take the status for its end. */
function refuseWishes({ rate, connections, keepGoing, restart }: Options): void {
  const wished = Object.entries({
    '--rate': rate,
    '--connections': connections,
    '--keep-going': keepGoing,
    '--restart': restart,
  });
  const [flag] = wished.find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined)
    throw new DbError('DB_USAGE', { why: `${flag} is for a run: expected the name of a backfill` });
}

/** The domains that declare a backfill of this name, at least one. */
async function declaring(domains: readonly DomainConfig[], name: string): Promise<readonly DomainConfig[]> {
  const loaded = await Promise.all(domains.map(async (domain) => ({ domain, ...(await domain.load()) })));
  const found = loaded.filter(({ backfills }) => backfills.some((backfill) => backfill.name === name));
  if (found.length > 0) return found.map(({ domain }) => domain);
  const known = loaded.flatMap(({ backfills }) => backfills.map((backfill) => backfill.name)).join(', ');
  throw new DbError('DB_BACKFILL_UNKNOWN', { why: `expected one of ${known || '(none is declared)'}, got ${name}` });
}

function wishes(options: Options, out: Output): RunOptions {
  const { rate, connections } = options;
  return {
    lock: { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) },
    onProgress: (progress) => showBackfill(out, progress),
    rowsPerSecond: rate === undefined ? undefined : parseWhole('--rate', rate, [1, 10_000_000]),
    connections: connections === undefined ? undefined : parseWhole('--connections', connections, [1, 2]) === 2 ? 2 : 1,
    keepGoing: options.keepGoing === true,
    restart: options.restart === true,
    lagBytesMax: parseWhole('--max-lag', options.maxLag, [0, 1_000_000]) * MB,
  };
}

async function status(context: Context, domains: readonly DomainConfig[], name: string | undefined): Promise<Outcome> {
  const { out, finished } = context;
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  let left = false;
  for (const { domain, target } of targets) {
    const backfills = await backfillStatus(domain, target, name);
    finished.push({ domain: domain.name, target: target.label, backfills });
    left ||= backfills.some(({ rowsLeft }) => rowsLeft !== 0);
    if (out.json || backfills.length === 0) continue;
    out.data(`${out.paint('bold', domain.name)} → ${target.label}`);
    show(out, backfills);
    if (name !== undefined) out.data(`rule: ${backfills[0]?.rule}`);
  }
  return left
    ? { exit: EXIT.no, code: 'DB_BACKFILL_LEFT', domains: finished }
    : { exit: EXIT.ok, code: 'OK', domains: finished };
}

function show(out: Output, backfills: readonly BackfillStatus[]): void {
  const rows = backfills.map((one) => [
    ...[one.name, one.edited ? `${one.state}, edited since` : one.state],
    ...[String(one.rowsDone), String(one.rowsLeft ?? 'unknown')],
    one.finishedAt?.toISOString().slice(0, 19).replace('T', ' ') ?? '',
  ]);
  out.data(
    renderTable(['backfill', 'state', 'rows done', 'rows left', 'finished (UTC)'], rows, {
      columns: out.columns,
      mayGo: ['finished (UTC)'],
    }),
  );
  for (const { name, runner } of backfills)
    if (runner !== null) out.data(`${name}: ${describeHolder(runner)} is at it`);
}
