import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { unchanged } from '../author/generated.ts';
import { knownUnchanged } from '../author/unchanged.ts';
import { EXIT } from '../errors/codes.ts';
import { USUAL_CONFIG } from './common-options.ts';
import { envelope } from './envelope.ts';
import { createOutput } from './output.ts';
import { requireSlug } from './slug.ts';

/** Answers a `generate` that, by the contents of all files that count, has nothing to do, as the command itself would; true where it
 *  did. It loads neither the configuration nor anything else that takes time: whoever runs `generate` from a hook waits for it. */
export function saidUnchanged(argv: readonly string[]): boolean {
  const wish = readWish(argv);
  if (wish === null) return false;
  const names = knownUnchanged(resolve(wish.config), wish.domain);
  if (names === null) return false;
  const out = createOutput(wish.json, wish.quiet);
  if (out.json) out.data(envelope('generate', { exit: EXIT.ok, code: 'OK', domains: names.map(unchanged) }));
  else for (const name of names) out.data(`${name}: no changes`);
  return true;
}

interface Wish {
  readonly config: string;
  readonly domain: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
}

/** NULL for another command, and for one that is to look in any case or is wrong: what there is to say then, commander says. */
function readWish(argv: readonly string[]): Wish | null {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
    if (positionals.join() !== 'generate') return null;
    requireSlug('--name', values.name);
    return values;
  } catch {
    return null;
  }
}

const OPTIONS = {
  config: { type: 'string', default: USUAL_CONFIG },
  name: { type: 'string', default: 'change' },
  domain: { type: 'string', multiple: true, default: [] as string[] },
  'scratch-url': { type: 'string' },
  'stats-url': { type: 'string' },
  hints: { type: 'string' },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;
