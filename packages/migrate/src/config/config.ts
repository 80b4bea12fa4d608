import type { AdoptMapping } from '../adopt/mapping.ts';
import type { Backfill } from '../backfill/backfill.ts';
import type { SqlObject } from '../objects/object.ts';
import type { AllowedDrift } from './drift.ts';
import type { AllowedEdit } from './edits.ts';
import type { GeneratedFiles } from './generated.ts';
import type { Hooks } from './hooks.ts';
import type { DomainRoles, OwnerRoles } from './roles.ts';
import type { Seed } from './seed.ts';

/** What a domain declares beyond its migration files. Loaded only by the commands that need it, so that `migrate` stays quick. */
export interface DomainModule {
  /** The exports of the domain's schema entry: drizzle tables, enums and views. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** What drizzle-kit cannot model: functions, triggers, comments, indexes with INCLUDE, indexes of materialized views. */
  readonly objects: readonly SqlObject[];
  /** Data steps that migrations wait for by `-- db: after-backfill <name>`. */
  readonly backfills: readonly Backfill[];
  readonly seed: Seed;
  /** What `db adopt` cannot see in the catalogs of running systems. Absent: nothing. */
  readonly adopt?: AdoptMapping;
}

/** One domain: one Postgres schema with a migration history of its own. */
export interface DomainConfig {
  /** Short name: `--domain`, the key in the history tables and the prefix of `<NAME>_DATABASE_URL`. */
  readonly name: string;
  /** The Postgres schema that the domain owns whole. */
  readonly schema: string;
  /** Folder of the history, relative to the configuration file. */
  readonly migrations: string;
  /** drizzle-kit's configuration file, relative to the configuration file. */
  readonly generator: string;
  /** Differences that `drift` and `verify` accept. Absent: none. */
  readonly drift?: readonly AllowedDrift[];
  /** Files of the history that `check` lets differ from the base branch. Absent: none. */
  readonly edits?: readonly AllowedEdit[];
  /** Made by `db roles apply`. Absent: none. */
  readonly roles?: DomainRoles;
  readonly load: () => Promise<DomainModule>;
}

export interface Config {
  readonly domains: readonly DomainConfig[];
  /** Made by `db roles apply`. Absent: whoever migrates owns what it makes. */
  readonly roles?: OwnerRoles;
  /** Files that the engine can write; `check` says which are out of date. Absent: none. */
  readonly generated?: GeneratedFiles;
  /** Called around `migrate`. */
  readonly hooks?: Hooks;
}

/** Types the configuration; changes nothing. */
export function defineConfig(config: Config): Config {
  return config;
}
