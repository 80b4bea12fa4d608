/** What every command takes. */
export interface CommonOptions {
  /** Absent where the program has one built in. */
  readonly config?: string;
  readonly domain?: readonly string[];
  readonly url?: string;
  readonly connectTimeout?: string;
  readonly json?: boolean;
  /** `json` is the same as --json. */
  readonly format?: string;
  readonly quiet?: boolean;
}

/** The configuration file, unless --config names another. */
export const USUAL_CONFIG = 'db.config.ts';
