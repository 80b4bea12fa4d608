/* The one place of the bench that reads the environment. */

/** Size of the tables that P15 backs up, in MB; 100 unless BENCH_BACKUP_MB says. The target is of 1000. */
export function backupMegabytes(): number {
  const megabytes = Number(process.env['BENCH_BACKUP_MB'] ?? 100);
  if (Number.isInteger(megabytes) && megabytes > 0) return megabytes;
  throw new Error(`expected BENCH_BACKUP_MB to be a whole number from 1, got ${process.env['BENCH_BACKUP_MB']}`);
}
