import type { DomainConfig } from '../config/config.ts';
import { nameOrderFaults } from '../files/name-order.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { isUnsaid } from '../files/unsaid-purpose.ts';
import type { SqlObject } from '../objects/object.ts';
import { essence } from '../sql/essence.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
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

/** Whether a declared object has reached the database: a migration holds its statement, concurrently or not, by the names of then. An
 *  index may have got its name or columns by a later rename: there its name is enough, and `generate` compares the catalogs. */
function reachedBy(migrations: readonly ParsedMigration[]): (object: SqlObject) => boolean {
  const found = migrations.flatMap(({ statements }) => statements.map(essence));
  const whole = new Set(found);
  const renames = migrations.flatMap(({ statements }) => statements.flatMap(renameOf)).toReversed();
  return ({ kind, name, sql }) => {
    const parsed = parseSql(sql);
    const now = parsed.ok ? parsed.statements.map(essence).join() : sql;
    if (byFormerNames(now, renames).some((text) => whole.has(text))) return true;
    return kind === 'index' && found.some((one) => one.includes(JSON.stringify(name)));
  };
}

/** The new and the old name of a table or column that a statement renames, as they stand in an essence. */
function renameOf({ kind, node }: Statement): readonly (readonly [string, string])[] {
  if (kind !== 'RenameStmt') return [];
  const { relname } = (node['relation'] ?? {}) as { readonly relname?: string };
  const old = node['renameType'] === 'OBJECT_COLUMN' ? node['subname'] : relname;
  const isWanted = ['OBJECT_COLUMN', 'OBJECT_TABLE'].includes(String(node['renameType']));
  return isWanted && typeof old === 'string' ? [[JSON.stringify(node['newname']), JSON.stringify(old)]] : [];
}

/** An essence as it is, and as it was before each rename, the latest first. */
function byFormerNames(essence: string, renames: readonly (readonly [string, string])[]): readonly string[] {
  const texts = [essence];
  for (const [now, before] of renames) texts.push((texts.at(-1) ?? '').replaceAll(now, before));
  return texts;
}

function missingObject({ kind, name }: SqlObject): CheckFinding {
  return finding(`${kind} ${name} is declared in objects.ts and in no migration: run \`pnpm db generate\``);
}
