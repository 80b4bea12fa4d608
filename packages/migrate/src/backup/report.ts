import type { LostObject } from './manifest.ts';

/** Who writes the rows: PostgreSQL's own client program, or we through our connection. */
export type BackupTool = 'pg_dump' | 'driver';

/** What a backup or a restore tells while it runs. */
export type BackupEvent =
  /** `with`: the program and its version, or the driver. */
  | { readonly type: 'tool'; readonly with: string }
  | { readonly type: 'step'; readonly step: string }
  /** A table begins. `done` and `total` count tables. */
  | { readonly type: 'table'; readonly table: string; readonly done: number; readonly total: number };

export interface BackupReport {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  /** Absolute path of the finished backup. */
  readonly folder: string;
  readonly tool: BackupTool;
  /** Newest applied migration. */
  readonly head: string;
  readonly tables: number;
  readonly rows: number;
  /** Of all files together. */
  readonly bytes: number;
  /** Drift that a restore will not bring back; it holds no rows. */
  readonly lost: readonly LostObject[];
  readonly ms: number;
}

export interface RestoreReport {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  /** Whether this run made the database. */
  readonly created: boolean;
  readonly folder: string;
  readonly tool: BackupTool;
  readonly head: string;
  readonly tables: number;
  readonly rows: number;
  /** Objects that are not as they were, where that was allowed. */
  readonly differences: readonly string[];
  /** Roles that had privileges and do not exist here. */
  readonly missingRoles: readonly string[];
  readonly ms: number;
}
