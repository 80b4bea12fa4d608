import type { DomainConfig } from '../config/config.ts';
import { parseTarget } from '../connect/target.ts';
import { consolidateDomain, previewConsolidation, stagingSchema } from '../consolidate/consolidate-domain.ts';
import type { ConsolidateEvent, ConsolidateReport, CopyPreview } from '../consolidate/report.ts';
import { EXIT } from '../errors/codes.ts';
import { countOf } from '../errors/count-of.ts';
import type { Context, Outcome } from './command.ts';
import { formatBytes } from './format-bytes.ts';
import type { Output } from './output.ts';
import { parseSeconds } from './parse-seconds.ts';
import { parseWhole } from './parse-whole.ts';
import { sayWaiting } from './say-waiting.ts';
import { duration } from './show-backfill.ts';

export interface CopyOptions {
  readonly sourceUrl: string;
  readonly fromSchema: string;
  readonly freeSpace?: string;
  readonly closeSource?: boolean;
  readonly lockWait: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

const GB = 1024 * 1024 * 1024;

/** Copies a domain's tables here before they are adopted, or shows what it would copy.
 *  @returns the schema to adopt from, or the end of the command */
export async function copyFirst(
  { config, out, target }: Context,
  domain: DomainConfig,
  options: CopyOptions,
): Promise<{ readonly schema: string; readonly copied: ConsolidateReport | null } | { readonly outcome: Outcome }> {
  const how = {
    source: parseTarget(options.sourceUrl, '--source-url'),
    fromSchema: options.fromSchema,
    target: target(domain),
    domains: config.domains,
    lock: { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) },
    closeSource: options.closeSource === true,
    onEvent: showCopy(out),
    ...(options.freeSpace === undefined
      ? {}
      : { freeBytes: parseWhole('--free-space', options.freeSpace, [0, 1_000_000]) * GB }),
  };
  if (options.yes !== true || options.dryRun === true) {
    const preview = await previewConsolidation(domain, how);
    if (preview === null) return { schema: stagingSchema(domain), copied: null };
    if (!out.json) showPreview(out, preview);
    if (options.dryRun === true) return { outcome: { exit: EXIT.ok, code: 'OK', domains: [preview] } };
    out.talk('nothing was changed; --yes does it');
    return { outcome: { exit: EXIT.decision, code: 'DB_CONFIRM', domains: [preview] } };
  }
  const copied = await consolidateDomain(domain, how);
  if (copied !== null && !out.json) showCopied(out, copied);
  return { schema: stagingSchema(domain), copied };
}

function showPreview(out: Output, { domain, source, target, schema, tables, left }: CopyPreview): void {
  out.data(`${out.paint('bold', domain)}: ${source} → ${target}, schema ${schema}`);
  for (const { table, rows, bytes, rowsDone } of tables) {
    const done = rowsDone === 0 ? '' : `, ${rowsDone} of them here already`;
    out.data(`  ${table}: about ${countOf(rows, 'row')}, ${formatBytes(bytes)}${done}`);
  }
  for (const one of left) out.data(`  not copied: ${one}`);
}

function showCopied(
  out: Output,
  { domain, source, schema, tables, left, ms, windowMs, sourceClosed }: ConsolidateReport,
): void {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  out.data(
    `${domain}: copied ${countOf(tables.length, 'table')}, ${countOf(rows, 'row')} from ${source} into ${schema}, in ${(ms / 1000).toFixed(1)} s`,
  );
  for (const table of tables)
    out.data(`  ${table.table}: ${countOf(table.rows, 'row')}, checksum ${table.checksum} here and there`);
  for (const one of left) out.data(`  not copied: ${one}`);
  out.talk(
    sourceClosed
      ? `  writers of the source waited ${windowMs} ms; its tables refuse writes from now on`
      : `  writers of the source waited ${windowMs} ms and write to it again: what they write now is not here`,
  );
}

/** Tells a person how far a copy is, and announces the time in which the source is not written to. */
function showCopy(out: Output): (event: ConsolidateEvent) => void {
  return (event) => {
    if (event.type === 'step') return out.progress(`  … ${event.step}`);
    if (event.type === 'blocked') return out.talk(`  waiting for ${event.by}`);
    if (event.type === 'window') return out.talk(`  ${windowLine(event)}`);
    const { table, done, total, rowsPerSecond, secondsLeft } = event;
    const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
    out.progress(`  … copying ${table}, ${rowsPerSecond}/s${left}`, { done, total });
  };
}

function windowLine(event: Extract<ConsolidateEvent, { type: 'window' }>): string {
  if (event.state === 'opens') return `the source will not be written to for about ${event.aboutMs} ms`;
  return event.state === 'open'
    ? 'the source is read-only now: its writers wait'
    : `the source was read-only for ${event.ms} ms`;
}
