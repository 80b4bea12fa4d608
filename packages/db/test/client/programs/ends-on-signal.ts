/* A program that is told to end: node ends-on-signal.ts <url> <seconds of its query> <drainMs> */
import { closeOnSignal, createDb } from '../../../src/index.ts';

const [url = '', seconds = '', drainMs = ''] = process.argv.slice(2);
const db = createDb({ domain: 'optimizer', url, app: 'ends', drainMs: Number(drainMs) });
closeOnSignal([db]);
await db.query('SELECT 1');
const running = db.query<{ slept: string }>('SELECT pg_sleep($1::float), $1 AS slept', [Number(seconds)]);
process.stdout.write('running\n');
await running.then(
  ({ rows }) => process.stdout.write(`slept ${rows[0]?.slept}\n`),
  (error: Error) => process.stdout.write(`${error.name}\n`),
);
