import { Command } from 'commander';
import type { BuiltIn } from '../cli.ts';
import { COMMANDS } from './commands.ts';
import { type CommonOptions, USUAL_CONFIG } from './common-options.ts';
import { runCommand } from './run.ts';

/** The command line as a value: `main.js` runs it, `db docs` prints its help. `onExit` gets the exit code of the command that ran. */
export function createProgram(onExit: (code: number) => void, builtIn?: BuiltIn): Command {
  const program = new Command('db')
    .description('Schema as code for PostgreSQL: generate, check and apply migrations.')
    .version('0.0.0', '-V, --version')
    // Its complaints end as every error of ours does.
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .exitOverride();
  if (builtIn === undefined) program.option('--config <file>', 'configuration file', USUAL_CONFIG);
  for (const entry of COMMANDS) {
    const command = program
      .command(`${entry.name}${entry.args === undefined ? '' : ` ${entry.args}`}`)
      .summary(entry.summary)
      .description(entry.description ?? entry.summary);
    command.exitOverride((error) => {
      throw Object.assign(error, { command: entry.name });
    });
    entry.options?.(command);
    command.option('--domain <name>', 'only this domain; repeatable', (name: string, all: string[] = []) => [
      ...all,
      name,
    ]);
    if (entry.offline !== true)
      command
        .option('--url <url>', 'connection URL, instead of the environment')
        .option('--connect-timeout <seconds>', 'how long to wait for the server to answer', '10');
    command
      .option('--json', 'print one JSON object on stdout')
      .option('--quiet', 'print no talk on stderr')
      .addHelpText('after', `\nExamples:\n${entry.examples.map((line) => `  ${line}`).join('\n')}`)
      .action(async (...received: unknown[]) => {
        const args = received
          .slice(0, -2)
          .flat()
          .filter((value) => typeof value === 'string');
        onExit(await runCommand(entry, command.optsWithGlobals<CommonOptions>(), args, builtIn));
      });
  }
  return program;
}
