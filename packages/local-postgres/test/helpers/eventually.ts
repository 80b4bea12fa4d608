import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds; false if it does not within `withinMs`. */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (await condition()) return true;
    await sleep(25);
  }
  return condition();
}
