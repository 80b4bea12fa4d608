/** How far back. */
export type RollbackExtent =
  /** The last `count` migrations that were applied. */
  | { readonly kind: 'steps'; readonly count: number }
  /** Everything newer than this migration, which stays. */
  | { readonly kind: 'to'; readonly name: string }
  | { readonly kind: 'all' }
  /** These, and nothing else: what was announced. Those that are gone already are no error. */
  | { readonly kind: 'exactly'; readonly names: readonly string[] };
