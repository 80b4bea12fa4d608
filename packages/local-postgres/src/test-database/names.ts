import { createHash } from 'node:crypto';
import type { DatabaseTemplate } from './types.ts';

/** Prefix of a clone's name; {@link ownedName} adds who made it. */
export const CLONE_PREFIX = 'lp_test';
/** Prefix of a template that is being built. */
export const BUILDING_PREFIX = 'lp_building';
export const TEMPLATE_PREFIX = 'lp_template_';

/** Name of a template's database: readable start, and a hash of the whole name. At most 63 bytes. */
export function templateDatabase(template: DatabaseTemplate): string {
  const words = template.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30);
  const hash = createHash('sha256').update(template.name).digest('hex').slice(0, 16);
  return `${TEMPLATE_PREFIX}${words}_${hash}`;
}

/** Key of the advisory lock under which a template is built. */
export function templateLock(database: string): string {
  return createHash('sha256').update(database).digest().readBigInt64BE().toString();
}

/** Comment on a template's database: when it was built, epoch seconds. */
export const templateComment = (): string => `local-postgres template ${Math.floor(Date.now() / 1_000)}`;

/** Reads the comment back; undefined if {@link templateComment} did not make it. */
export function templateBuiltAt(comment: string | null): number | undefined {
  const seconds = /^local-postgres template (\d+)$/.exec(comment ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
