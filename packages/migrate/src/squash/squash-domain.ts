import { type Scratch, textsOf } from '../author/scratch.ts';
import { residualStatements } from '../catalog/residual.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import { parseTarget } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { parseHistory } from '../files/parse-history.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { baselineDown, baselineText } from './baseline-file.ts';
import { compact, isOfTrigger } from './compact.ts';
import { changedRows, differencesOf, type Ground, type Outcome, outcomeOf, proves } from './prove.ts';
import { rowStatements } from './rows.ts';

export interface SquashOptions {
  readonly root: string;
  /** The newest migration to replace. Undefined: the newest of all. */
  readonly to: string | undefined;
  /** Servers for the proof, at least one: the first also writes. */
  readonly grounds: readonly Ground[];
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** A baseline that is proven, not yet written. */
export interface Squash {
  readonly domain: string;
  /** Name of the new folder. */
  readonly name: string;
  readonly replaced: readonly string[];
  /** Of the replaced migrations, and of the baseline. */
  readonly statements: { readonly before: number; readonly after: number };
  /** Rows of the baseline stand in so many statements. */
  readonly rowStatements: number;
  /** Versions on which both ways gave the same. */
  readonly versions: readonly number[];
  /** Values that the old way gives otherwise in each run, as `table column`: the baseline has those of one run. */
  readonly unstable: readonly string[];
  /** Backfills that replaced migrations waited for. */
  readonly backfills: readonly string[];
  readonly sql: string;
  readonly down: string;
}

/** Makes the baseline of a domain's oldest migrations, and proves on each server that it gives the same as they do: catalog in normal
 *  form, order of columns, rows and counters. Writes nothing.
 *  @throws {DbError} DB_MIGRATION_UNKNOWN, DB_USAGE, DB_SQUASH, DB_FILE_* */
export async function squashDomain(domain: DomainConfig, options: SquashOptions): Promise<Squash> {
  const { grounds, root, to, today } = options;
  const replaced = chosen(await parseHistory(domain, root), to, domain);
  const newest = replaced.at(-1)?.name ?? '';
  const history = replaced.flatMap(({ statements }) => statements);
  const texts = textsOf(replaced);
  const [first] = grounds;
  if (first === undefined) throw new DbError('DB_BUG', { why: 'squash without a server' });
  const old = await outcomeOf(first, texts, domain.schema);
  const olds = new Map([[first, old]]);
  for (const ground of grounds.slice(1)) olds.set(ground, await outcomeOf(ground, texts, domain.schema));
  const again = await outcomeOf(first, texts, domain.schema);
  const unstable = new Set([...olds.values(), again].flatMap((other) => changedRows(old, other)));
  const draft = await draftOf(first.scratch, domain, texts);
  // The next one only where one does not give the same.
  const ways = [
    compact(draft.ddl, { columns: old.columns, history }),
    compact(draft.ddl, { columns: old.columns, history: [] }),
    draft.ddl,
  ];
  const failures: string[] = [];
  for (const ddl of ways) {
    const statements = withRows(ddl, draft.rows);
    const wrong = await firstDifference(grounds, statements, domain.schema, olds, unstable);
    if (wrong.length > 0) {
      failures.push(...wrong);
      continue;
    }
    const versions = [...new Set(grounds.map(({ version }) => version))].sort((a, b) => a - b);
    const facts = { domain: domain.name, schema: domain.schema, replaced, versions, today };
    const down = baselineDown(facts);
    await proveDown(first, domain, statements, down);
    return {
      ...{ domain: domain.name, name: `${newest.slice(0, 14)}_baseline`, replaced: replaced.map(({ name }) => name) },
      statements: { before: history.length, after: statements.length },
      ...{ rowStatements: draft.rows.length, versions, unstable: [...unstable] },
      backfills: [...new Set(replaced.flatMap(({ header }) => header.afterBackfill))],
      ...{ sql: baselineText(statements, facts), down },
    };
  }
  throw new DbError('DB_SQUASH', { domain: domain.name, why: failures.join('\n'), changed: 'nothing was written' });
}

function chosen(
  migrations: readonly ParsedMigration[],
  to: string | undefined,
  { name: domain }: DomainConfig,
): readonly ParsedMigration[] {
  if (to !== undefined && !migrations.some(({ name }) => name === to))
    throw new DbError('DB_MIGRATION_UNKNOWN', { domain, why: `--to: expected the name of a migration, got ${to}` });
  const replaced = migrations.filter(({ name }) => to === undefined || name <= to);
  if (replaced.length > 1) return replaced;
  throw new DbError('DB_USAGE', {
    ...{ domain, why: `a baseline stands for at least two migrations, got ${replaced.length}` },
    fix: 'there is nothing to squash',
  });
}

/** What the catalog diff makes of the old way's result, from nothing; and its rows. */
async function draftOf(scratch: Scratch, { schema }: DomainConfig, texts: readonly string[]) {
  await using empty = await scratch.build([]);
  await using full = await scratch.build(texts);
  const ddl = (await residualStatements(empty.url, full.url)).map((sql) =>
    sql.replace(/^(CREATE SCHEMA .*) AUTHORIZATION .*$/, '$1'),
  );
  await using session = await openSession(parseTarget(full.url, 'scratch'), { app: 'db squash', readOnly: true });
  return { ddl, rows: await rowStatements(session.sql, schema) };
}

/** Rows come when all that they need is there, and before the triggers that they would fire. */
function withRows(ddl: readonly string[], rows: readonly string[]): readonly string[] {
  return [...ddl.filter((text) => !isOfTrigger(text)), ...rows, ...ddl.filter(isOfTrigger)];
}

async function firstDifference(
  grounds: readonly Ground[],
  statements: readonly string[],
  schema: string,
  olds: ReadonlyMap<Ground, Outcome>,
  unstable: ReadonlySet<string>,
): Promise<readonly string[]> {
  for (const ground of grounds) {
    const old = olds.get(ground);
    const wrong = old === undefined ? [] : await proves(ground, statements, schema, old, unstable);
    if (wrong.length > 0) return wrong.map((one) => `PostgreSQL ${ground.version}: ${one}`);
  }
  return [];
}

async function proveDown(ground: Ground, domain: DomainConfig, up: readonly string[], down: string): Promise<void> {
  const nothing = await outcomeOf(ground, [], domain.schema);
  const left = differencesOf(nothing, await outcomeOf(ground, [...up, down], domain.schema), new Set());
  if (left.length === 0) return;
  throw new DbError('DB_SQUASH', { domain: domain.name, why: `its down leaves: ${left.join('; ')}` });
}
