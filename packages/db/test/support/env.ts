/* The one place of the tests that reads the environment. An empty variable counts as absent. */

const read = (name: string): string | undefined => process.env[name]?.trim() || undefined;

/** True where the legacy tests shall take every variant of every bed on every server (LEGACY_ALL=1). */
export const legacyAll = (): boolean => read('LEGACY_ALL') === '1';

/** Which variants they take otherwise, and where they cut: the same in each run, others by LEGACY_SEED. */
export const legacySeed = (): number => Number(read('LEGACY_SEED') ?? 1);

/** At how many moments each adoption is cut; 2 unless LEGACY_CUTS says. */
export const legacyCuts = (): number => Number(read('LEGACY_CUTS') ?? 2);
