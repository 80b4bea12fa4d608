import type { PostgresVersion } from '@repo/local-postgres';
import { createTestDatabase, testServers } from '@repo/local-postgres/vitest';
import { afterAll, describe, test } from 'vitest';
import { emptyDatabase } from '../support/database.ts';
import { killCuts, killSeed, killWrite } from '../support/env.ts';
import { createProject } from '../support/project.ts';
import { BACKFILLS, HISTORY } from './history.ts';
import { type KillableServer, startKillableServer } from './killable-server.ts';
import { createMatrix, writeMatrix } from './matrix.ts';
import { type Cut, nameOf, planCuts } from './plan-cuts.ts';
import { survive } from './survive.ts';
import { runUndisturbed } from './undisturbed.ts';

const servers = testServers();
const seed = killSeed();
const project = await createProject(HISTORY, BACKFILLS);
await project.writeConfig();
const undisturbed = await Promise.all(servers.map(({ url }) => runUndisturbed(project, url)));
const matrix = createMatrix();
const killable = new Map<number, Promise<KillableServer>>();
const queues = new Map<number, Promise<unknown>>();

afterAll(async () => {
  for (const server of killable.values()) await (await server)[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
  const { tried, survived } = matrix.totals();
  if (!killWrite()) return;
  const majors = servers.map(({ version }) => version).join(' and ');
  const messages = undisturbed.map(({ trace }) => trace.length).join(' and ');
  await writeMatrix(
    `**${survived} of ${tried} cuts survived**, on PostgreSQL ${majors}, in runs of ${messages} messages, seed ${seed}.\n\n${matrix.print()}`,
  );
}, 60_000);

describe(`killed at any protocol boundary, the next db migrate ends as an undisturbed run does (seed ${seed})`, () => {
  const cuts = planCuts(
    undisturbed.map(({ trace }) => trace),
    killCuts(),
    seed,
  ).map((cut, index) => ({ name: `${index + 1}. PostgreSQL ${servers[cut.server]?.version}, ${nameOf(cut)}`, cut }));

  test.concurrent.for(cuts)('$name', { timeout: 3_600_000 }, async ({ cut }) => {
    matrix.tried(cut);
    await (cut.kind === 'server killed' ? onServerOfOnesOwn(cut) : onSharedServer(cut));
    matrix.survived(cut);
  });
});

async function onSharedServer(cut: Cut): Promise<void> {
  await using db = await emptyDatabase(servers[cut.server]?.url ?? '');
  const scene = { project, kind: cut.kind, server: undefined, url: () => db.url };
  await survive(cut, scene, undisturbed[cut.server]?.end);
}

/** One cut at a time on a server that is killed. */
async function onServerOfOnesOwn(cut: Cut): Promise<void> {
  const before = queues.get(cut.server) ?? Promise.resolve();
  const run = before.then(async () => {
    const version = servers[cut.server]?.version as PostgresVersion;
    const starting = killable.get(cut.server) ?? startKillableServer(version);
    killable.set(cut.server, starting);
    const server = await starting;
    const database = await createTestDatabase(undefined, { server: server.url() });
    const url = () => Object.assign(new URL(server.url()), { pathname: new URL(database.url).pathname }).href;
    await survive(cut, { project, kind: cut.kind, server, url }, undisturbed[cut.server]?.end);
  });
  queues.set(
    cut.server,
    run.catch(() => {}),
  );
  await run;
}
