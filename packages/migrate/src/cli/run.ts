import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CommanderError } from 'commander';
import type { BuiltIn } from '../cli.ts';
import type { Config, DomainConfig, DomainModule } from '../config/config.ts';
import { requireOneOwner } from '../config/one-owner.ts';
import { resolveTarget } from '../connect/urls.ts';
import { readEnvironment } from '../env.ts';
import { EXIT } from '../errors/codes.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { asDbError } from './as-db-error.ts';
import type { CommandEntry, Context } from './command.ts';
import { type CommonOptions, USUAL_CONFIG } from './common-options.ts';
import { configError } from './config-error.ts';
import { envelope } from './envelope.ts';
import { createOutput, type Output } from './output.ts';
import { parseSeconds } from './parse-seconds.ts';
import { watchForEnd } from './watch-for-end.ts';

/** Runs one command and returns its exit code; every failure becomes text on stderr, or one JSON object on stdout. */
export async function runCommand(
  entry: CommandEntry,
  options: CommonOptions,
  args: readonly string[],
  builtIn?: BuiltIn,
): Promise<number> {
  const out = createOutput(options.json === true || options.format === 'json', options.quiet === true);
  const finished: object[] = [];
  const guarded: AsyncDisposable[] = [];
  let interrupted = false;
  const endWatch = watchForEnd((error) => reportError(entry.name, error, out, finished));
  // The server ends what it was doing when it sees that we are gone.
  const end = (signal: string) => {
    interrupted = true;
    endWatch();
    const error = new DbError('DB_INTERRUPTED', { why: `got ${signal}`, ...entry.interrupted });
    const code = reportError(entry.name, error, out, finished);
    if (guarded.length === 0) process.exit(code);
    void undo(guarded).finally(() => process.exit(code));
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    const context = await createContext(entry, options, { out, finished, guard: (one) => guarded.push(one) }, builtIn);
    const { run } = await entry.load();
    const outcome = await run(context, options as never, args);
    if (out.json) out.data(envelope(entry.name, outcome));
    return outcome.exit;
  } catch (error) {
    // What fails because its database has just been taken away is no error to report.
    return interrupted ? EXIT.interrupted : reportError(entry.name, error, out, finished);
  } finally {
    endWatch();
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

const UNDO_MS = 10_000;

async function undo(guarded: readonly AsyncDisposable[]): Promise<void> {
  const all = Promise.allSettled(guarded.map((one) => one[Symbol.asyncDispose]()));
  await Promise.race([all, sleep(UNDO_MS, undefined, { ref: false })]);
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function createContext(
  entry: CommandEntry,
  options: CommonOptions,
  parts: Pick<Context, 'out' | 'finished' | 'guard'>,
  builtIn: BuiltIn | undefined,
): Promise<Context> {
  const file = resolve(options.config ?? USUAL_CONFIG);
  const { config, root } = builtIn ?? (await configOf(entry, file));
  requireOneOwner(config.domains);
  const environment = readEnvironment(root);
  const connectTimeoutSeconds = parseSeconds('--connect-timeout', options.connectTimeout ?? '10', 1);
  const wanted = options.domain ?? [];
  for (const name of wanted) {
    if (!config.domains.some((domain) => domain.name === name)) {
      const known = config.domains.map((domain) => domain.name).join(', ');
      throw new DbError('DB_USAGE', { why: `--domain ${name}: expected one of ${known}` });
    }
  }
  return {
    config,
    root,
    configFile: builtIn === undefined ? file : null,
    cwd: environment['INIT_CWD'] ?? process.cwd(),
    domains: config.domains
      .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
      .map((domain) => ({ ...domain, load: () => load(domain, root) })),
    environment,
    target: ({ name }) => ({ ...resolveTarget(name, environment, options.url), connectTimeoutSeconds }),
    ...parts,
  };
}

/** No domains where a command can do without a configuration, and there is none. */
async function configOf({ withoutConfig }: CommandEntry, file: string): Promise<BuiltIn> {
  const root = dirname(file);
  if (withoutConfig === true && file === resolve(USUAL_CONFIG) && !existsSync(file))
    return { config: { domains: [] }, root };
  return await loadConfig(file);
}

async function loadConfig(file: string): Promise<BuiltIn> {
  const root = dirname(file);
  if (!existsSync(file)) {
    const fix = 'run it in the folder of the configuration, or name it: --config <file>';
    throw new DbError('DB_CONFIG', { why: 'there is no such file', at: file, fix });
  }
  const loaded: { default?: Config } = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw configError(error, file, root);
  });
  if (loaded.default?.domains === undefined) {
    throw new DbError('DB_CONFIG', { why: 'expected `export default defineConfig({ domains: […] })`', at: file });
  }
  return { config: loaded.default, root };
}

async function load(domain: DomainConfig, root: string): Promise<DomainModule> {
  try {
    return await domain.load();
  } catch (error) {
    throw inDomain(configError(error, '`load` in the configuration', root), domain.name);
  }
}

/** Prints an error in the form that was asked for, and gives its exit code. `finished`: reports of the domains that were through by
 *  then; as text they have been printed. */
export function reportError(command: string, error: unknown, out: Output, finished: readonly object[] = []): number {
  const known = asDbError(error);
  const { why, at, changed, sqlState, domain, data } = known.facts;
  const fix = known.fix.replace('<command>', command);
  if (out.json) {
    const facts = {
      code: known.code,
      message: why,
      fix,
      at,
      changed,
      sqlState,
      domain,
      ...(typeof data === 'object' ? data : {}),
    };
    out.data(JSON.stringify({ version: 1, command, ok: false, code: known.code, domains: finished, error: facts }));
    return known.exit;
  }
  const where = [domain, at].filter((part) => part !== undefined).join(' · ');
  out.error(`${out.paintTalk(['red', 'bold'], known.code)}${where === '' ? '' : ` ${where}`}: ${why}`);
  if (sqlState !== undefined) out.error(`  SQLSTATE ${sqlState}`);
  if (changed !== undefined) out.error(`  changed: ${changed}`);
  out.error(`  fix: ${fix}`);
  return known.exit;
}

/** commander's own complaints are usage errors; help and version are not errors. */
export function commanderExit(error: unknown, json: boolean): number {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return EXIT.ok;
  // No command at all: the help has been printed.
  if (error.code === 'commander.help') return EXIT.usage;
  const command = 'command' in error ? String(error.command) : '';
  const why = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const fix = `read \`pnpm db ${command === '' ? '' : `${command} `}--help\``;
  return reportError(command, new DbError('DB_USAGE', { why, fix }), createOutput(json, false));
}
