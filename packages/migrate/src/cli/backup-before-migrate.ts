import { resolve } from 'node:path';
import { statusDomain } from '../apply/status-domain.ts';
import { backupDomain } from '../backup/backup-domain.ts';
import type { BackupReport } from '../backup/report.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Target } from '../connect/target.ts';
import type { Context } from './command.ts';
import { sayWaiting } from './say-waiting.ts';
import { shortPath } from './short-path.ts';
import { showBackup, showBackupEvent } from './show-backup.ts';

/** Backs a domain up before it is migrated. NULL: nothing is pending, or nothing is there yet that could be lost. */
export async function backupBeforeMigrate(
  { root, cwd, environment, out }: Context,
  domain: DomainConfig,
  target: Target,
  folder: string,
  lockWaitMs: number,
): Promise<BackupReport | null> {
  const { pending, migrations } = await statusDomain(domain, root, target);
  if (pending.length === 0 || migrations.every(({ applied }) => applied === null)) return null;
  const report = await backupDomain(domain, {
    root,
    target,
    out: resolve(cwd, folder),
    environment,
    lock: { waitMs: lockWaitMs, onWait: sayWaiting(out) },
    onEvent: showBackupEvent(out),
  });
  out.talk(`  backed up into ${shortPath(cwd, report.folder)}`);
  showBackup(out, report);
  return report;
}
