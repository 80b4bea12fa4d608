import type { DomainConfig } from '../config/config.ts';
import { nameOrderFaults } from '../files/name-order.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { isUnsaid } from '../files/unsaid-purpose.ts';
import type { SqlObject } from '../objects/object.ts';
import { essence } from '../sql/essence.ts';
import { parseSql } from '../sql/parse.ts';
import { type CheckFinding, finding } from './finding.ts';

/** What is wrong with a history as it lies there, and with what the domain declares beside it. `now` is a moment in UTC. */
export async function fileFindings(
  domain: DomainConfig,
  migrations: readonly ParsedMigration[],
  now: Date,
): Promise<readonly CheckFinding[]> {
  const { objects, backfills } = await domain.load();
  const hasReached = reachedBy(migrations);
  const names = migrations.map(({ name }) => name);
  return [
    ...nameOrderFaults(names, now).map(finding),
    ...migrations.filter(isUnsaid).map(({ path }) => finding(`${path}: write what it is for, after \`Purpose:\``)),
    ...migrations
      .filter(({ down, header }) => down === null && header.irreversible === null)
      .map(({ path }) =>
        finding(`${path}: write down.sql beside it, or \`-- db: irreversible: <why>\` into its header`),
      ),
    ...objects.filter((object) => !hasReached(object)).map(missingObject),
    ...migrations.flatMap(({ path, header }) =>
      header.afterBackfill
        .filter((name) => !backfills.some((backfill) => backfill.name === name))
        .map((name) => ({ code: 'DB_BACKFILL_UNKNOWN', message: `${path}: no backfill "${name}" is declared` })),
    ),
  ];
}

/** Whether a declared object has reached the database: a migration holds its statement, concurrently or not. An index may have got its
 *  name or columns by a later rename: there its name is enough, and `generate` compares the catalogs. */
function reachedBy(migrations: readonly ParsedMigration[]): (object: SqlObject) => boolean {
  const found = migrations.flatMap(({ statements }) => statements.map(essence));
  const whole = new Set(found);
  return ({ kind, name, sql }) => {
    const parsed = parseSql(sql);
    if (whole.has(parsed.ok ? parsed.statements.map(essence).join() : sql)) return true;
    return kind === 'index' && found.some((one) => one.includes(JSON.stringify(name)));
  };
}

function missingObject({ kind, name }: SqlObject): CheckFinding {
  return finding(`${kind} ${name} is declared in objects.ts and in no migration: run \`pnpm db generate\``);
}
