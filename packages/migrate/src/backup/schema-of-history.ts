import { type Catalog, catalogHash } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Session } from '../connect/session.ts';
import { readRecording } from '../drift/recording.ts';
import { DbError } from '../errors/db-error.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { type ParsedMigration, parseMigration } from '../files/parse-migration.ts';
import type { HistoryRead } from '../history/read.ts';
import { type MigrationState, planMigrations } from '../plan/plan.ts';
import { loadGrammar } from '../sql/parse.ts';
import { lostByReplay } from './drift-gate.ts';
import type { LostObject } from './manifest.ts';
import { replayable } from './replayable.ts';

/** The schema as the migrations that gave it. */
export interface SchemaOfHistory {
  /** What a replay gives. */
  readonly catalog: Catalog;
  /** In the order in which they were applied. */
  readonly migrations: readonly ParsedMigration[];
  readonly lost: readonly LostObject[];
}

/** The texts of the applied migrations, where they are proof of what the schema is: the build's files are those that were applied, no
 *  run is unfinished, and the live catalog is the recorded one. Inside the backup's snapshot.
 *  @throws {DbError} DB_MIGRATION_EDITED, DB_MIGRATION_MISSING, DB_AHEAD, DB_HALF_DONE, DB_NOT_RECORDED, DB_DRIFT, DB_BACKUP_REPLAY,
 *  DB_FILE_* */
export async function schemaOfHistory(
  { sql }: Session,
  domain: DomainConfig,
  files: readonly MigrationFile[],
  history: HistoryRead,
  allowDrift: boolean,
): Promise<SchemaOfHistory> {
  await loadGrammar();
  const applied = appliedFiles(files, history);
  const { expected } = await readRecording(sql, domain.name);
  if (history.recording === 'open' || history.halfDone.size > 0)
    throw refused('DB_HALF_DONE', 'a run was cut, or still goes on', 'run `pnpm db migrate`, which finishes it');
  if (expected === null) throw refused('DB_NOT_RECORDED', 'the history was made without the engine', undefined);
  const migrations = applied.map((file) => parseMigration(file));
  // What cannot be replayed is to be known now, not on the night of the restore.
  for (const migration of migrations) replayable(migration);
  const live = await readCatalog(sql, [domain.schema]);
  const lost = catalogHash(live) === catalogHash(expected) ? [] : lostByReplay(domain, expected, live, allowDrift);
  return { catalog: expected, migrations, lost };
}

function appliedFiles(files: readonly MigrationFile[], history: HistoryRead): readonly MigrationFile[] {
  const { migrations } = planMigrations(files, history);
  const inState = (state: MigrationState) => migrations.filter((one) => one.state === state).map(({ name }) => name);
  for (const [state, code, why] of UNFIT) {
    const names = inState(state);
    if (names.length > 0) throw refused(code, `${names.join(', ')}: ${why}`, FIX_BUILD);
  }
  return migrations
    .flatMap(({ file, applied }) => (file === null || applied === null ? [] : [{ file, at: applied.appliedAt }]))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.file.name < b.file.name ? -1 : 1))
    .map(({ file }) => file);
}

const UNFIT = [
  ['edited', 'DB_MIGRATION_EDITED', 'the text differs from what was applied'],
  ['file missing', 'DB_MIGRATION_MISSING', 'applied, and there is no file'],
  ['half replaced', 'DB_BASELINE', 'a baseline stands for migrations of which some are applied'],
  ['unknown', 'DB_AHEAD', 'applied by a newer build'],
] as const;

const FIX_BUILD = 'back up with the build that migrated it, or with pg_dump, which needs no migrations: --with pg_dump';

function refused(
  code: (typeof UNFIT)[number][1] | 'DB_HALF_DONE' | 'DB_NOT_RECORDED',
  why: string,
  fix: string | undefined,
): DbError {
  return new DbError(code, {
    why: `${why}: the schema would be written as the migrations that gave it`,
    ...(fix === undefined ? {} : { fix }),
    changed: 'nothing was written',
  });
}
