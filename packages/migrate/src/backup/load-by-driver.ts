import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Sql } from 'postgres';
import type { Session } from '../connect/session.ts';
import { migrationFile } from '../files/migration-file.ts';
import { type ParsedMigration, parseMigration } from '../files/parse-migration.ts';
import { loadGrammar, type Statement } from '../sql/parse.ts';
import { qualified, relationsOf } from './contents.ts';
import { copyIn } from './copy-in.ts';
import { columnList } from './copy-out.ts';
import type { Manifest } from './manifest.ts';
import { readyToLoad } from './ready-to-load.ts';
import { replayable } from './replayable.ts';
import type { BackupEvent } from './report.ts';
import { restoring } from './restoring.ts';
import { EXACT_VALUES } from './snapshot.ts';
import { wholeEnums } from './whole-enums.ts';

const BLOCK_BYTES = 256 * 1024;

/** Builds the schema by the migrations that are in the backup, puts its rows in place of those that migrations inserted, and brings
 *  sequences and materialized views to where they stood. Inside the restore's transaction.
 *  @throws {DbError} DB_RESTORE, DB_BACKUP_REPLAY */
export async function loadByDriver(
  { sql, serverVersion }: Session,
  folder: string,
  manifest: Manifest,
  onEvent: ((event: BackupEvent) => void) | undefined,
): Promise<void> {
  const { schema, tables } = manifest;
  const migrations = await readMigrations(folder, manifest.migrations);
  const instead = serverVersion >= ENUM_VALUES_AT_ONCE ? undefined : wholeEnums(migrations.flatMap(statementsOf));
  await replay(sql, migrations, instead, onEvent);
  await sql.unsafe(EXACT_VALUES);
  const inTheWay = await readyToLoad(sql, schema);
  const all = await sql.unsafe<{ name: string }[]>(`SELECT c.relname AS name FROM ${relationsOf(schema, ['r'])}`);
  if (all.length > 0) await sql.unsafe(`TRUNCATE ${all.map(({ name }) => qualified(schema, name)).join(', ')}`);
  for (const [index, { name, columns, file }] of tables.entries()) {
    const table = qualified(schema, name);
    onEvent?.({ type: 'table', table: `${schema}.${name}`, done: index, total: tables.length });
    const source = createReadStream(join(folder, file ?? ''), { highWaterMark: BLOCK_BYTES });
    // Nobody has seen these rows yet, so nobody has to freeze them later.
    const copy = `COPY ${table}${columnList(columns)} FROM STDIN WITH (FREEZE)`;
    await restoring(table, copyIn(sql, copy, source, [createGunzip({ chunkSize: BLOCK_BYTES })]));
  }
  onEvent?.({ type: 'step', step: 'indexes, keys and triggers' });
  for (const statement of inTheWay) await restoring(statement, sql.unsafe(statement));
  for (const { name, lastValue, isCalled } of manifest.sequences)
    await restoring(
      name,
      sql`SELECT setval(${qualified(schema, name)}::text::regclass, ${lastValue}::text::bigint, ${isCalled})`,
    );
  for (const name of manifest.materializedViews)
    await restoring(name, sql.unsafe(`REFRESH MATERIALIZED VIEW ${qualified(schema, name)}`));
}

/** From this version on, a transaction that makes an enum type may use values that it adds. */
const ENUM_VALUES_AT_ONCE = 17;

const statementsOf = ({ statements }: ParsedMigration) => statements;

async function readMigrations(folder: string, paths: readonly string[]): Promise<readonly ParsedMigration[]> {
  await loadGrammar();
  return await Promise.all(
    paths.map(async (file) => {
      const path = join(folder, file);
      const sql = await readFile(path, 'utf8');
      return parseMigration(migrationFile({ name: basename(file, '.sql'), path, sql, down: null }));
    }),
  );
}

async function replay(
  sql: Sql,
  migrations: readonly ParsedMigration[],
  instead: ReadonlyMap<Statement, string | null> | undefined,
  onEvent: ((event: BackupEvent) => void) | undefined,
): Promise<void> {
  const settings = await keptSettings(sql);
  for (const migration of migrations) {
    onEvent?.({ type: 'step', step: migration.name });
    for (const text of replayable(migration, instead)) await restoring(migration.path, sql.unsafe(text));
    if (changesSettings(migration))
      await sql.unsafe(['RESET SESSION AUTHORIZATION', 'RESET ALL', ...settings].join(';\n'));
  }
}

/** As the engine sees it between two migrations. */
function changesSettings({ statements }: ParsedMigration): boolean {
  return statements.some(({ kind, text }) => kind === 'VariableSetStmt' || /set_config/i.test(text));
}

/** Statements that give the session back what it set for itself when it was opened. */
async function keptSettings(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ statement: string }[]>`
    SELECT format('SELECT set_config(%L, %L, false)', name, current_setting(name)) AS statement
    FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'client_connection_check_interval')`;
  return rows.map(({ statement }) => statement);
}
