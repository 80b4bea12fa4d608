import { createCuttingProxy, type Message } from '../support/cutting-proxy.ts';
import { emptyDatabase } from '../support/database.ts';
import type { Project } from '../support/project.ts';
import { type EndState, readEndState } from './state.ts';

/** The state that every run must reach, and the messages on the way there. */
export async function runUndisturbed(
  project: Project,
  server: string,
): Promise<{ readonly end: EndState; readonly trace: readonly Message[] }> {
  await using db = await emptyDatabase(server);
  await using proxy = await createCuttingProxy(db.url, { at: () => undefined });
  await project.migrate(proxy.url);
  return { end: await readEndState(db.url), trace: proxy.trace };
}
