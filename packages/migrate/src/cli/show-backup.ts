import type { BackupEvent, BackupReport } from '../backup/report.ts';
import { countOf } from '../errors/count-of.ts';
import { formatBytes } from './format-bytes.ts';
import type { Output } from './output.ts';

/** Tells a person how far a backup or a restore is. */
export function showBackupEvent(out: Output): (event: BackupEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'tool':
        out.talk(`  by ${event.with}`);
        break;
      case 'step':
        out.progress(`  … ${event.step}`);
        break;
      case 'table':
        out.progress(`  ${event.table}`, event);
    }
  };
}

/** What a finished backup holds, and what it does not. */
export function showBackup(out: Output, { tables, rows, bytes, head, lost, ms }: BackupReport): void {
  out.talk(`  ${countOf(tables, 'table')}, ${countOf(rows, 'row')}, ${formatBytes(bytes)} in ${ms} ms, at ${head}`);
  for (const { object } of lost) out.talk(`  ${out.paintTalk('yellow', 'not in it')}: ${object}`);
}
