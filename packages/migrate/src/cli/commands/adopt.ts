import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AdoptOptions, adoptDomain } from '../../adopt/adopt-domain.ts';
import { finishAdoption } from '../../adopt/finish-adoption.ts';
import { rehearseAdoption } from '../../adopt/rehearse-adoption.ts';
import { undoAdoption } from '../../adopt/undo-adoption.ts';
import { openScratch } from '../../author/scratch.ts';
import type { DomainConfig } from '../../config/config.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';
import { copyFirst } from '../copy-first.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { parseRehearsal, type RehearsalOptions, rehearsed, showRehearsal } from '../rehearsal-options.ts';
import { sayWaiting } from '../say-waiting.ts';
import { showAdoption } from '../show-adoption.ts';

interface Options extends RehearsalOptions {
  readonly rehearse?: boolean;
  readonly fromSchema: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly decisions?: string;
  readonly keepInPlace?: boolean;
  readonly finish?: boolean;
  readonly undo?: boolean;
  readonly sourceUrl?: string;
  readonly freeSpace?: string;
  readonly closeSource?: boolean;
  readonly lockWait: string;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, root, environment } = context;
  const [domain, ...others] = context.domains;
  if (domain === undefined || others.length > 0)
    throw new DbError('DB_USAGE', { why: 'adopt is about one domain: expected exactly one --domain' });
  const decisions = options.decisions === undefined ? {} : await readDecisions(resolve(context.cwd, options.decisions));
  requireOneAct(options);
  const target = context.target(domain);
  out.talk(`${out.paintTalk('bold', domain.name)} → ${target.label}`);
  const { sourceUrl } = options;
  const first = sourceUrl === undefined ? null : await copyFirst(context, domain, { ...options, sourceUrl });
  if (first !== null && 'outcome' in first) return first.outcome;
  await using scratch = await openScratch(options.scratchUrl, out.talk);
  const adoption: AdoptOptions = {
    root,
    target,
    scratch,
    decisions,
    fromSchema: first?.schema ?? options.fromSchema,
    keepInPlace: options.keepInPlace === true,
    yes: options.yes === true && options.dryRun !== true,
    lock: { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) },
    appVersion: environment['APP_VERSION'] ?? null,
    onEvent: (event) => out.progress(event.type === 'asking' ? `  asking: ${event.query}` : `  … ${event.about}`),
  };
  if (options.rehearse === true) return await rehearse(context, domain, adoption, options);
  const act = options.undo === true ? undoAdoption : options.finish === true ? finishAdoption : adoptDomain;
  const report = await act(domain, adoption);
  if (!out.json) showAdoption(out, report);
  const copied = first?.copied == null ? {} : { copied: first.copied };
  if (report.outcome !== 'shown') return { exit: EXIT.ok, code: 'OK', domains: [{ ...report, ...copied }] };
  if (options.dryRun === true) return { exit: EXIT.ok, code: 'OK', domains: [report] };
  out.talk('nothing was changed; --yes does it');
  return { exit: EXIT.decision, code: 'DB_CONFIRM', domains: [report] };
}

/** @throws {DbError} DB_USAGE */
function requireOneAct({ finish, undo, rehearse, sourceUrl, yes }: Options): void {
  if (undo === true && finish === true)
    throw new DbError('DB_USAGE', { why: 'expected one of --finish and --undo, got both' });
  if (sourceUrl !== undefined && (finish === true || undo === true || rehearse === true))
    throw new DbError('DB_USAGE', {
      why: '--source-url copies before the adoption: not with --finish, --undo or --rehearse',
    });
  if (rehearse === true && (undo === true || yes === true))
    throw new DbError('DB_USAGE', { why: '--rehearse changes nothing here: not with --yes or --undo' });
}

async function rehearse(
  { out, guard }: Context,
  domain: DomainConfig,
  adoption: AdoptOptions,
  options: Options,
): Promise<Outcome> {
  const act = options.finish === true ? 'finish' : 'adopt';
  const wishes = parseRehearsal(options);
  const report = await rehearseAdoption(domain, adoption, { ...wishes, act, guard, talk: out.talk });
  showRehearsal(out, options.format, report, 'the adoption');
  return rehearsed(out, options.format, [report], 'the adoption');
}

/** @throws {DbError} DB_IO, DB_USAGE */
async function readDecisions(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new DbError('DB_IO', { why: `cannot read ${path}`, at: path }, { cause });
  });
  try {
    const parsed: unknown = JSON.parse(text);
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      Object.values(parsed).every((answer) => typeof answer === 'string')
    )
      return parsed as Readonly<Record<string, string>>;
  } catch {
    // Told below.
  }
  throw new DbError('DB_USAGE', { why: 'expected a JSON object of question ids and answers', at: path });
}
