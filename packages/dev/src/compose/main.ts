import { parseArgs } from 'node:util';
import { readEnvironment, root } from '../env.ts';
import { output } from '../output.ts';
import { findCompose } from './docker.ts';
import { parseSettings } from './settings.ts';
import { up } from './up.ts';

const usage = 64;
const unavailable = 69;

/** `pnpm dev:up` and `pnpm dev:down [-v]`: the development database of compose.yaml. Returns the exit code. */
async function main(args: string[]): Promise<number> {
  const command = parseCommand(args);
  if (command === undefined) {
    output.talk('usage: pnpm dev:up | pnpm dev:down [-v | --volumes]');
    return usage;
  }
  const parsed = parseSettings(readEnvironment());
  if (!parsed.ok) {
    for (const problem of parsed.problems) output.talk(problem);
    return usage;
  }
  const found = findCompose(root);
  if (!found.ok) {
    output.talk(
      `Docker with Compose is needed: ${found.why}. Without Docker, \`npm start\` runs an embedded Postgres.`,
    );
    return unavailable;
  }
  if (command.name === 'up') return await up(found.compose, parsed.settings);
  return found.compose.run('down', ...(command.volumes ? ['--volumes'] : []));
}

function parseCommand(args: string[]): { readonly name: 'up' | 'down'; readonly volumes: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { volumes: { type: 'boolean', short: 'v', default: false } },
    });
    const [name, ...rest] = positionals;
    if (rest.length > 0) return undefined;
    if (name === 'down') return { name, volumes: values.volumes };
    return name === 'up' && !values.volumes ? { name, volumes: false } : undefined;
  } catch {
    return undefined;
  }
}

process.exitCode = await main(process.argv.slice(2));
