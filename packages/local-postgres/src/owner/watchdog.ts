import { createInterface } from 'node:readline';
import { endGuarded } from './end-guarded.ts';
import type { Guarded, GuardMessage } from './guard-message.ts';

/* The program that outlives its owner by a moment. Its stdin is a pipe that only the owner holds: when it ends, the owner
 * is dead, however it died, and all that it had not released is ended. */

const things = new Map<string, Guarded>();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const message: GuardMessage = JSON.parse(line);
  if (message.type === 'guard') things.set(message.key, message.thing);
  else things.delete(message.key);
}
await Promise.all([...things.values()].map(endGuarded));
