import type { StartedPostgreSqlContainer } from '@testcontainers/postgresql';
import { loopbackUrl } from '../connection.ts';
import type { ContainerPlan } from './server-container.ts';

export type { ContainerPlan } from './server-container.ts';

/** Loads Testcontainers (0.4 s, so only here) and starts the container. */
export async function startServerContainer(
  plan: ContainerPlan,
): Promise<{ container: StartedPostgreSqlContainer; url: string; port: number }> {
  const { ServerContainer } = await import('./server-container.ts');
  const container = await new ServerContainer(plan).start();
  const port = container.getPort();
  const url = new URL(loopbackUrl(port, plan.password));
  if (!plan.isLocalEngine) url.hostname = container.getHost();
  return { container, url: url.href, port };
}
