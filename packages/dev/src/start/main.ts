import { parseArgs } from 'node:util';
import { readEnvironment } from '../env.ts';
import { output } from '../output.ts';
import { start } from './start.ts';

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
    const rows = Number(values.rows);
    if (!Number.isInteger(rows) || rows < 0) throw new Error(`--rows: expected a whole number, got ${values.rows}`);
    await start({
      once: values.once,
      rows,
      version: Number(values.version),
      url: readEnvironment()['DATABASE_URL'] || undefined,
    });
  }
} catch (error) {
  output.talk(error instanceof Error ? error.message : String(error));
  process.exitCode = typeof error === 'object' && error !== null && 'exit' in error ? Number(error.exit) : 1;
}
