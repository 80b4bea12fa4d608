import type { HookContext, Hooks } from '../config/hooks.ts';
import { DbError } from '../errors/db-error.ts';
import type { AppliedNow } from './report.ts';

/** Runs `body` between the deploy hooks. `applied` is filled by `body` as it goes, so that `onFailure` knows how far it came.
 *  @throws {DbError} DB_HOOK where beforeMigrate failed and nothing was done, DB_HOOK_AFTER where afterMigrate failed and all was */
export async function withHooks<T>(
  hooks: Hooks | undefined,
  context: HookContext,
  applied: readonly AppliedNow[],
  body: () => Promise<T>,
): Promise<T> {
  if (hooks === undefined || context.pending.length === 0) return await body();
  const names = () => applied.map(({ name }) => name);
  await call('DB_HOOK', 'beforeMigrate', 'nothing was changed', () => hooks.beforeMigrate?.(context));
  const value = await body().catch(async (error: unknown) => {
    const known = error instanceof Error ? error : new Error(String(error));
    // The first error is the one to report.
    await Promise.try(() => hooks.onFailure?.({ ...context, applied: names(), error: known })).catch(() => {});
    throw error;
  });
  await call('DB_HOOK_AFTER', 'afterMigrate', `applied: ${names().join(', ')}`, () =>
    hooks.afterMigrate?.({ ...context, applied: names() }),
  );
  return value;
}

async function call(
  code: 'DB_HOOK' | 'DB_HOOK_AFTER',
  name: string,
  changed: string,
  hook: () => Promise<void> | void | undefined,
): Promise<void> {
  try {
    await hook();
  } catch (cause) {
    throw new DbError(
      code,
      { why: `${name}: ${cause instanceof Error ? cause.message : String(cause)}`, changed },
      { cause },
    );
  }
}
