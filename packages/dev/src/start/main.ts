import { parseArgs } from 'node:util';
import { readEnvironment } from '../env.ts';
import { output } from '../output.ts';
import { start } from './start.ts';

class UsageError extends Error {}

const HELP = `npm start [-- --once] [--rows <count>]

Starts a local PostgreSQL, migrates and seeds the five domains, runs a typed query on each, and stays up until Ctrl-C.

  --once          stop after the table; exit 0
  --rows <count>  demo rows per table on a local server (default 200, 0 for none)
  --version <n>   PostgreSQL 15 to 18 (default 18)
  --help          this text

DATABASE_URL: use that server instead of a local one; it gets no demo rows.`;

try {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      rows: { type: 'string', default: '200' },
      version: { type: 'string', default: '18' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) output.data(HELP);
  else {
    const rows = /^\d{1,7}$/.test(values.rows) ? Number(values.rows) : -1;
    if (rows < 0 || rows > 1_000_000)
      throw new UsageError(`--rows: expected a whole number from 0 to 1000000, got ${values.rows}`);
    await start({
      once: values.once,
      rows,
      version: Number(values.version),
      url: readEnvironment()['DATABASE_URL'] || undefined,
    });
  }
} catch (error) {
  output.talk(error instanceof Error ? error.message : String(error));
  process.exitCode = exitCode(error);
}

/** As the engine's: 64 for a wrong flag, 69 where no server is reached, the command's own code, else 1. */
function exitCode(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 1;
  if ('exit' in error) return Number(error.exit);
  const code = 'code' in error ? String(error.code) : '';
  if (error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS') || code === 'LP_UNKNOWN_VERSION') return 64;
  return code.startsWith('LP_URL') ? 69 : 1;
}
