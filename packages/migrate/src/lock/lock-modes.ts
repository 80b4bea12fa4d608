/** Table lock modes that can stand in somebody's way, weakest first. */
export const LOCK_MODES = [
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

/** The stronger of two modes; for these five, a stronger mode conflicts with all that a weaker one conflicts with, except that
 *  SHARE UPDATE EXCLUSIVE also conflicts with itself, as the stronger ones do. */
export function stronger(a: LockMode, b: LockMode): LockMode {
  const both = new Set([a, b]);
  // Neither covers the other; their join does.
  if (both.has('SHARE UPDATE EXCLUSIVE') && both.has('SHARE')) return 'SHARE ROW EXCLUSIVE';
  return LOCK_MODES.indexOf(a) > LOCK_MODES.indexOf(b) ? a : b;
}

/** Modes as `pg_locks` writes them, that conflict with a mode. Source: PostgreSQL manual, "Conflicting Lock Modes". */
export const CONFLICTS: Readonly<Record<LockMode, readonly string[]>> = {
  'SHARE UPDATE EXCLUSIVE': [
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  SHARE: [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  'SHARE ROW EXCLUSIVE': [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  EXCLUSIVE: [
    'RowShareLock',
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  'ACCESS EXCLUSIVE': [
    'AccessShareLock',
    'RowShareLock',
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
};
