const INSTEAD = 'the same over the new column, in this transaction';

/** What lint says of the files of a swap, and why it does no harm there. */
export const SWAP_ALLOWS = {
  expand: { LINT_TRIGGER_ADDED: 'it fills the new column until the swap' },
  fill: { LINT_FOREIGN_KEY_NO_INDEX: 'the key is there already, and moves to the new column' },
  swap: {
    LINT_RENAME: 'the name stays: the new column takes the place of the old one in this transaction',
    LINT_CONSTRAINT_DROPPED: INSTEAD,
    LINT_PRIMARY_KEY_REPLACED: INSTEAD,
    LINT_DEFAULT_DROPPED: INSTEAD,
    LINT_POLICY_DROPPED: 'it is made anew in this transaction',
    LINT_INDEX_DROP_BLOCKS: 'the swap holds the lock anyway, for an instant',
    LINT_NULLS_ALLOWED: 'only the old column, which a later release drops',
    LINT_OPAQUE_BLOCK: 'it gives the new column the privileges that the old one has where it runs',
    LINT_TRIGGER_ADDED: 'it keeps the old column equal, so that the swap can be undone',
  },
} as const;
