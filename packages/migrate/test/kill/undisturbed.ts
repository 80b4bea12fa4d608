import { createTestDatabase } from '@repo/local-postgres/vitest';
import { createCuttingProxy, type Message } from '../support/cutting-proxy.ts';
import type { Act } from './acts.ts';
import { type EndState, readEndState } from './state.ts';

/** The state that every run must reach, and the messages on the way there. */
export interface Undisturbed {
  readonly end: EndState;
  readonly trace: readonly Message[];
}

export async function runUndisturbed(act: Act, server: string): Promise<Undisturbed> {
  await using db = await createTestDatabase(act.before, { server });
  await using proxy = await createCuttingProxy(db.url, { at: () => undefined });
  await act.run(proxy.url, 60_000);
  return { end: await readEndState(db.url), trace: proxy.trace };
}
