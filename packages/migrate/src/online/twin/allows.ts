const INSTEAD = 'the same over the new column, in this transaction';

/** What lint says of the files of a renamed column, and why it does no harm there. */
export const TWIN_ALLOWS = {
  expand: {
    LINT_TRIGGER_ADDED: 'it keeps both names equal until the older build is gone',
    LINT_OPAQUE_BLOCK: 'it gives the new column the privileges that the old one has where it runs',
  },
  fill: { LINT_FOREIGN_KEY_NO_INDEX: 'the key is there already, and moves to the new column' },
  swap: {
    LINT_CONSTRAINT_DROPPED: INSTEAD,
    LINT_PRIMARY_KEY_REPLACED: INSTEAD,
    LINT_DEFAULT_DROPPED: INSTEAD,
    LINT_POLICY_DROPPED: 'it is made anew in this transaction',
    LINT_NULLS_ALLOWED: 'only the old column, which the trigger fills and a later release drops',
  },
  contract: {},
} as const;
