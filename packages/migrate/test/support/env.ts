/* The one place of the tests that reads the environment. An empty variable counts as absent. */

const read = (name: string): string | undefined => process.env[name]?.trim() || undefined;

/** How many cuts the kill test makes of a migration, and 16 of a rollback for each 60 of them; 60 unless KILL_CUTS says. */
export const killCuts = (): number => Number(read('KILL_CUTS') ?? 60);

/** Which cuts those are: equal seeds give equal cuts. Another one each run unless KILL_SEED says. */
export const killSeed = (): number => Number(read('KILL_SEED') ?? Date.now() % 1_000_000);

/** True where the matrix of this run shall be written to docs/reliability.md (KILL_WRITE=1). */
export const killWrite = (): boolean => read('KILL_WRITE') === '1';

/** At how many moments a backup is killed, and a restore, for each way and server; 2 unless BACKUP_KILLS says. */
export const backupKills = (): number => Number(read('BACKUP_KILLS') ?? 2);

/** How many times the backfill test kills its run; 4 unless BACKFILL_KILLS says. */
export const backfillKills = (): number => Number(read('BACKFILL_KILLS') ?? 4);

/** A folder with PostgreSQL's client programs that commands under test find before the machine's own, from TEST_CLIENT_BIN. */
export const clientBin = (): string | undefined => read('TEST_CLIENT_BIN');

/** Where the container engine listens, as Docker's own client reads it. */
export const dockerHost = (): string | undefined => read('DOCKER_HOST');

/** At how many moments a consolidation is cut, on each side; 2 unless CONSOLIDATE_CUTS says. */
export const consolidateCuts = (): number => Number(read('CONSOLIDATE_CUTS') ?? 2);

/** How often the test of the online forms cuts their run, on each server; 4 unless ONLINE_CUTS says. */
export const onlineCuts = (): number => Number(read('ONLINE_CUTS') ?? 4);

/** True where every deviation of a legacy database is adopted on every server, and not on one of them (ADOPT_ALL=1). */
export const everyVariant = (): boolean => read('ADOPT_ALL') === '1';

/** How many evolutions of random schemas the property test makes, over all servers; 60 unless EVOLUTIONS says. */
export const evolutions = (): number => Number(read('EVOLUTIONS') ?? 60);

/** Equal seeds give equal evolutions: the same in each run, others by EVOLUTION_SEED. */
export const evolutionSeed = (): number => Number(read('EVOLUTION_SEED') ?? 20_261_128);
