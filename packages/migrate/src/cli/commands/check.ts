import { drizzleKit, whyNot } from '../../author/drizzle-kit.ts';
import type { DomainConfig } from '../../config/config.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { nameOrderFaults } from '../../files/name-order.ts';
import { parseHistory } from '../../files/parse-history.ts';
import type { ParsedMigration } from '../../files/parse-migration.ts';
import { isUnsaid } from '../../files/unsaid-purpose.ts';
import type { SqlObject } from '../../objects/object.ts';
import { essence } from '../../sql/essence.ts';
import { parseSql } from '../../sql/parse.ts';
import type { Context, Outcome } from '../command.ts';

interface Finding {
  /** A code of docs/errors.md, or what the generator calls it. */
  readonly code: string;
  readonly message: string;
}

export async function run({ out, domains, root }: Context): Promise<Outcome> {
  const reports = await Promise.all(
    domains.map(async (domain) => ({ domain: domain.name, findings: await findingsOf(domain, root) })),
  );
  for (const { domain, findings } of reports) {
    if (out.json) continue;
    out.data(`${findings.length === 0 ? out.paint('green', 'ok') : out.paint('red', 'no')} ${domain}`);
    for (const { code, message } of findings) out.data(`   ${code}: ${message}`);
  }
  const failed = reports.some(({ findings }) => findings.length > 0);
  return { exit: failed ? EXIT.no : EXIT.ok, code: failed ? 'DB_FINDINGS' : 'OK', domains: reports };
}

/** Files, snapshots and schema of one domain against each other. Every fault is a finding; none ends the check. */
async function findingsOf(domain: DomainConfig, root: string): Promise<readonly Finding[]> {
  const [files, kit] = await Promise.all([fileFindings(domain, root), generatorFindings(domain, root)]);
  return [...files, ...kit];
}

async function fileFindings(domain: DomainConfig, root: string): Promise<readonly Finding[]> {
  try {
    const migrations = await parseHistory(domain, root);
    const { objects, backfills } = await domain.load();
    return [
      ...nameOrderFaults(
        migrations.map(({ name }) => name),
        new Date(),
      ).map((message) => ({ code: 'DB_FINDINGS', message })),
      ...migrations
        .filter(isUnsaid)
        .map(({ path }) => ({ code: 'DB_FINDINGS', message: `${path}: write what it is for, after \`Purpose:\`` })),
      ...migrations
        .filter(({ down, header }) => down === null && header.irreversible === null)
        .map(({ path }) => ({
          code: 'DB_FINDINGS',
          message: `${path}: write down.sql beside it, or \`-- db: irreversible: <why>\` into its header`,
        })),
      ...objects.filter((object) => !reaches(object, migrations)).map(missingObject),
      ...migrations.flatMap(({ path, header }) =>
        header.afterBackfill
          .filter((name) => !backfills.some((backfill) => backfill.name === name))
          .map((name) => ({ code: 'DB_BACKFILL_UNKNOWN', message: `${path}: no backfill "${name}" is declared` })),
      ),
    ];
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return [{ code: error.code, message: error.message }];
  }
}

/** A declared object has reached the database when a migration holds its statement, concurrently or not. An index may have got its
 *  name or columns by a later rename: there its name is enough, and `generate` compares the catalogs. */
function reaches({ kind, name, sql }: SqlObject, migrations: readonly ParsedMigration[]): boolean {
  const parsed = parseSql(sql);
  const wanted = parsed.ok ? parsed.statements.map(essence).join() : sql;
  return migrations.some(({ statements }) =>
    statements.some((statement) => {
      const found = essence(statement);
      return found === wanted || (kind === 'index' && found.includes(JSON.stringify(name)));
    }),
  );
}

function missingObject({ kind, name }: SqlObject): Finding {
  return {
    code: 'DB_FINDINGS',
    message: `${kind} ${name} is declared in objects.ts and in no migration: run \`pnpm db generate\``,
  };
}

async function generatorFindings(domain: DomainConfig, root: string): Promise<readonly Finding[]> {
  const history = await drizzleKit(root, ['check', '--config', domain.generator]);
  if (history.status !== 'ok') return [{ code: 'DB_FINDINGS', message: `snapshots: ${whyNot(history)}` }];
  const ahead = await drizzleKit(root, ['generate', '--explain', '--config', domain.generator]);
  if (ahead.status === 'no_changes') return [];
  if (ahead.status === 'error') return [{ code: 'DB_GENERATE', message: `drizzle-kit: ${whyNot(ahead)}` }];
  return [
    {
      code: 'DB_FINDINGS',
      message: `the schema is ahead of the migrations${ahead.status === 'ok' ? '' : ` (${ahead.status})`}: run \`pnpm db generate\``,
    },
  ];
}
