import { resolve } from 'node:path';
import { readManifest } from '../../backup/manifest.ts';
import type { RestoreReport } from '../../backup/report.ts';
import { restoreDomain } from '../../backup/restore-domain.ts';
import type { DomainConfig } from '../../config/config.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { sayWaiting } from '../say-waiting.ts';
import { showBackupEvent } from '../show-backup.ts';

interface Options {
  readonly to?: string;
  readonly allowDrift?: boolean;
  readonly lockWait: string;
}

export async function run(context: Context, options: Options, [path = '']: readonly string[]): Promise<Outcome> {
  const { out } = context;
  const folder = resolve(context.cwd, path);
  const domain = await domainOf(context, folder);
  out.talk(`${path} → ${out.paintTalk('bold', domain.name)}`);
  const report = await restoreDomain(domain, {
    folder,
    target: context.target(domain),
    to: options.to,
    allowDrift: options.allowDrift === true,
    environment: context.environment,
    lock: { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) },
    onEvent: showBackupEvent(out),
  });
  if (!out.json) show(out, report);
  return { exit: EXIT.ok, code: 'OK', domains: [report] };
}

/** The domain that was asked for, else the one that the backup is of. */
async function domainOf({ domains }: Context, folder: string): Promise<DomainConfig> {
  const [asked, ...others] = domains;
  if (asked !== undefined && others.length === 0) return asked;
  const { domain: name } = await readManifest(folder);
  const found = domains.find((domain) => domain.name === name);
  if (found !== undefined) return found;
  const known = domains.map((domain) => domain.name).join(', ');
  throw new DbError('DB_BACKUP_DOMAIN', {
    why: `expected a backup of one of ${known}, got one of ${name}`,
    at: folder,
  });
}

function show(
  out: Output,
  { domain, target, created, tables, rows, ms, differences, missingRoles }: RestoreReport,
): void {
  out.data(`${domain}: restored into ${target}${created ? ', made for it' : ''}`);
  out.talk(
    `  ${countOf(tables, 'table')}, ${countOf(rows, 'row')} in ${ms} ms; catalog, rows and history are those of the backup`,
  );
  for (const difference of differences) out.talk(`  ${out.paintTalk('yellow', 'not as it was')}: ${difference}`);
  for (const role of missingRoles)
    out.talk(`  ${out.paintTalk('yellow', 'note')}: role ${role} does not exist here; it had privileges`);
}
