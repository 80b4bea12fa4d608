/* A program whose cancel request is refused: node cancel-refused.ts <url>; it aborts its query when it is told something. */
import { once } from 'node:events';
import { createDb } from '../../../src/index.ts';

await using db = createDb({ domain: 'optimizer', url: process.argv[2] ?? '', app: 'refused', connectionsMax: 1 });
await db.query('SELECT 1');
const stop = new AbortController();
const running = db.query('SELECT pg_sleep(2)', [], { signal: stop.signal });
process.stdout.write('running\n');
await once(process.stdin, 'data');
process.stdin.destroy();
stop.abort();
await running;
process.stdout.write('slept\n');
