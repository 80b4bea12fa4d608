/* The one place of the bench that reads the environment. */

/** Size of the tables that P15 backs up, in MB; 100 unless BENCH_BACKUP_MB says. The target is of 1000. */
export function backupMegabytes(): number {
  const megabytes = Number(process.env['BENCH_BACKUP_MB'] ?? 100);
  if (Number.isInteger(megabytes) && megabytes > 0) return megabytes;
  throw new Error(`expected BENCH_BACKUP_MB to be a whole number from 1, got ${process.env['BENCH_BACKUP_MB']}`);
}

/** What a process of the bench's own gets, too. */
export const inheritedEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;

/** Finished items in the largest table of P9, in millions; 5 unless BENCH_QUEUE_MILLIONS says. */
export function queueMillions(): number {
  const millions = Number(process.env['BENCH_QUEUE_MILLIONS'] ?? 5);
  if (Number.isInteger(millions) && millions > 1) return millions;
  throw new Error(
    `expected BENCH_QUEUE_MILLIONS to be a whole number from 2, got ${process.env['BENCH_QUEUE_MILLIONS']}`,
  );
}
