/** What a hook is told; it holds no secret. */
export interface HookContext {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  /** Migrations that this run is about to apply, oldest first. */
  readonly pending: readonly string[];
}

/** Deploy hooks, called once per domain that has something pending, in `migrate` only and never on a dry run. */
export interface Hooks {
  /** Before the lock. Throwing stops the run with nothing changed (DB_HOOK, exit 4). */
  readonly beforeMigrate?: (context: HookContext) => Promise<void> | void;
  /** After everything is applied. Throwing ends the run with DB_HOOK_AFTER, exit 1; what is applied stays, and a next run with nothing pending does not call it. */
  readonly afterMigrate?: (context: HookContext & { readonly applied: readonly string[] }) => Promise<void> | void;
  /** After a failure, with what was applied before it. Its own failure is not reported: the first error is. */
  readonly onFailure?: (
    context: HookContext & { readonly applied: readonly string[]; readonly error: Error },
  ) => Promise<void> | void;
}
