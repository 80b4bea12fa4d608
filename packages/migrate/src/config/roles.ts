/** Roles of one domain; each may log in, and has no password until somebody sets one. */
export interface DomainRoles {
  /** Reads and writes rows, and owns nothing; row-level security applies to it. */
  readonly app: string;
  /** As `app`, for background work with policies of its own. */
  readonly worker: string;
  /** Reads rows. */
  readonly readOnly: string;
}

/** Roles of the database as a whole. */
export interface OwnerRoles {
  /** Owns every domain's schema, and cannot log in. */
  readonly owner: string;
  /** Logs in for `migrate`, and works as the owner. */
  readonly migrator: string;
}
