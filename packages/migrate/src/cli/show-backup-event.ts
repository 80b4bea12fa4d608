import type { BackupEvent } from '../backup/report.ts';
import type { Output } from './output.ts';
import { progressBar } from './progress-bar.ts';

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
        out.progress(progressBar(event.table, event.done, event.total));
    }
  };
}
