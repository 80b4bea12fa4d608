import type { Command } from 'commander';
import type { Config, DomainConfig } from '../config/config.ts';
import type { Target } from '../connect/target.ts';
import type { Environment } from '../connect/urls.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { ErrorFacts } from '../errors/db-error.ts';
import type { Output } from './output.ts';

/** What every command gets; nothing else reaches it. */
export interface Context {
  readonly config: Config;
  /** Folder of the configuration file. */
  readonly root: string;
  /** Absolute. NULL: the configuration is built in. */
  readonly configFile: string | null;
  /** Where the person stands. */
  readonly cwd: string;
  /** The domains that were asked for, in the configuration's order. */
  readonly domains: readonly DomainConfig[];
  readonly environment: Environment;
  /** The direct connection of a domain; throws DB_URL_MISSING only for domains that are really used. */
  readonly target: (domain: DomainConfig) => Target;
  readonly out: Output;
  /** Where a command that goes domain by domain puts each report as soon as it has it: a failure at a later one shows them, too. */
  readonly finished: object[];
  /** What is to be undone also where the process is interrupted. */
  readonly guard: (one: AsyncDisposable) => void;
}

/** What a command ends with. Text has been printed by then; `domains` is the payload of `--json`. */
export interface Outcome {
  readonly exit: number;
  /** `OK`, or a code of docs/errors.md. */
  readonly code: 'OK' | ErrorCode;
  readonly domains: readonly object[];
  /** Facts that belong to no single domain. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface CommandModule {
  /** `options` are what the entry's `options` declare, with their defaults. */
  readonly run: (context: Context, options: never, args: readonly string[]) => Promise<Outcome>;
}

/** One line of the command table: its words for `--help`, and its code, loaded only when it runs. */
export interface CommandEntry {
  readonly name: string;
  /** For example `[paths...]`. */
  readonly args?: string;
  readonly summary: string;
  /** Longer text for the command's own help. */
  readonly description?: string;
  readonly options?: (command: Command) => Command;
  /** It asks no domain's database: where that is and how long to wait for it are no options of it. */
  readonly offline?: true;
  /** Where there is no configuration file by the usual name, it runs without domains. */
  readonly withoutConfig?: true;
  /** Shown under the options. */
  readonly examples: readonly string[];
  /** What an interruption leaves, and what to do then. Absent: what was committed is recorded. */
  readonly interrupted?: Pick<ErrorFacts, 'changed' | 'fix'>;
  readonly load: () => Promise<CommandModule>;
}
