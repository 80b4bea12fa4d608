import { resolve } from 'node:path';
import { backupDomain } from '../../backup/backup-domain.ts';
import type { BackupTool } from '../../backup/report.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { sayWaiting } from '../say-waiting.ts';
import { shortPath } from '../short-path.ts';
import { showBackup, showBackupEvent } from '../show-backup.ts';

interface Options {
  readonly out: string;
  readonly with?: string;
  readonly allowDrift?: boolean;
  readonly lockWait: string;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, finished } = context;
  const tool = parseTool(options.with);
  // All URLs are looked up before anything is written.
  const targets = context.domains.map((domain) => ({ domain, target: context.target(domain) }));
  for (const { domain, target } of targets) {
    out.talk(`${out.paintTalk('bold', domain.name)} → ${target.label}`);
    const report = await backupDomain(domain, {
      root: context.root,
      target,
      out: resolve(context.cwd, options.out),
      tool,
      allowDrift: options.allowDrift === true,
      environment: context.environment,
      lock: { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) },
      onEvent: showBackupEvent(out),
    });
    finished.push(report);
    if (!out.json) out.data(`${domain.name}: ${shortPath(context.cwd, report.folder)}`);
    showBackup(out, report);
  }
  return { exit: EXIT.ok, code: 'OK', domains: finished };
}

function parseTool(text: string | undefined): BackupTool | undefined {
  if (text === undefined || text === 'pg_dump' || text === 'driver') return text;
  throw new DbError('DB_USAGE', { why: `--with: expected pg_dump or driver, got ${text}` });
}
