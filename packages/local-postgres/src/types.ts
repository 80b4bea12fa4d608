import type { PostgresVersion } from './versions.ts';

export type Source = 'url' | 'docker' | 'embedded';

export interface StartOptions {
  /** Major version. Absent: the newest, 18; for a persisted folder, the version of its data. */
  version?: PostgresVersion;
  /** Folder to keep the data in, made where it is missing. Absent: throwaway data, removed by `stop()`. */
  persist?: string;
  /** TCP port on 127.0.0.1. Absent: a free one; for `persist` the remembered one while it is free. */
  port?: number;
  /** A running server: taken as it is, never stopped, never changed. */
  url?: string;
  /** Absent or `auto`: `url` if given, else Docker if an engine answers, else the embedded binaries. */
  source?: 'auto' | 'docker' | 'embedded';
  /** Whether commits survive a power cut. Absent: true for `persist`, false (fsync off) for throwaway data. */
  durable?: boolean;
  /** More server settings, as for `postgres -c name=value`; they win over ours. */
  settings?: Record<string, string>;
  /** Takes the lines for people, which say what was chosen. Absent: stderr, where a line is not repeated. */
  say?: (line: string) => void;
}

/** A server to use until `stop()`. Whoever started it owns it: `await using server = await startPostgres()`. */
export interface LocalPostgres extends AsyncDisposable {
  /** Superuser connection string of the database `postgres`, with password (for a URL source: the URL as given). */
  readonly url: string;
  readonly source: Source;
  /** Major version that the server itself reports. */
  readonly version: number;
  /** Postmaster's process id; absent where the server is not our child. */
  readonly pid?: number;
  /** Where the data lies; absent where it is not on this machine's disk. */
  readonly dataDirectory?: string;
  /** Ends the server and removes throwaway data. Safe to call twice; does nothing to a server taken by URL. */
  stop(): Promise<void>;
}
