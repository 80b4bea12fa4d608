import type { BackfillProgress } from '../backfill/report.ts';
import type { Output } from './output.ts';

/** Draws how far a backfill has come, how fast it is, and how long it will take. */
export function showBackfill(out: Output, progress: BackfillProgress): void {
  const { backfill, rowsDone, rowsTotal, rowsPerSecond, secondsLeft, paused } = progress;
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
  const how = paused === null ? `${rowsPerSecond}/s${left}` : `paused: ${paused}`;
  out.progress(`  … backfill ${backfill}, ${how}`, { done: rowsDone, total: rowsTotal });
}

/** `7 s`, `12 min`, `3 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
