import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dockerHost } from '../env.ts';
import { isOrphan, parseOwnedName } from '../owner/owned-name.ts';
import { callEngine } from './engine-call.ts';

/** Label of every container that we start; its value is an owned name, so a dead owner's containers are found. */
export const OWNER_LABEL = 'repo.local-postgres.owner';

/** Address of a container engine that answers now, as in DOCKER_HOST; undefined where none does. Costs nothing where no
 *  socket exists, a millisecond or two where one does. */
export async function answeringEngine(): Promise<string | undefined> {
  for (const address of candidates()) {
    if ((await callEngine(address, 'GET', '/_ping'))?.status === 200) return address;
  }
  return undefined;
}

function candidates(): string[] {
  const chosen = dockerHost();
  if (chosen !== undefined) return [chosen];
  if (process.platform === 'win32') return ['npipe:////./pipe/docker_engine'];
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    `/run/user/${process.getuid?.()}/docker.sock`,
  ];
  return sockets.filter((path) => existsSync(path)).map((path) => `unix://${path}`);
}

/** True if the engine has a volume of this name. */
export async function hasVolume(engine: string, name: string): Promise<boolean> {
  return (await callEngine(engine, 'GET', `/volumes/${name}`))?.status === 200;
}

/** Removes the containers of one start, with their anonymous volumes. A server on a named volume is asked to stop first. */
export async function removeLabelled(engine: string, label: string): Promise<void> {
  for (const { id } of await labelled(engine, `${OWNER_LABEL}=${label}`)) await remove(engine, id);
}

/** Removes the containers of this machine's dead processes. Returns how many there were. */
export async function sweepContainers(engine: string): Promise<number> {
  const orphans = (await labelled(engine, OWNER_LABEL)).filter(({ owner }) => {
    const name = parseOwnedName(owner);
    return name !== undefined && isOrphan(name);
  });
  await Promise.all(orphans.map(({ id }) => remove(engine, id)));
  return orphans.length;
}

async function remove(engine: string, id: string): Promise<void> {
  await callEngine(engine, 'POST', `/containers/${id}/stop?t=10`);
  await callEngine(engine, 'DELETE', `/containers/${id}?force=true&v=true`);
}

async function labelled(engine: string, label: string): Promise<{ id: string; owner: string }[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const answer = await callEngine(engine, 'GET', `/containers/json?all=true&filters=${filters}`);
  if (answer?.status !== 200) return [];
  const containers: { Id: string; Labels: Record<string, string> }[] = JSON.parse(answer.body);
  return containers.map((container) => ({ id: container.Id, owner: container.Labels[OWNER_LABEL] ?? '' }));
}
