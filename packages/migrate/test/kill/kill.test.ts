import type { PostgresVersion } from '@repo/local-postgres';
import { createTestDatabase, testServers } from '@repo/local-postgres/vitest';
import { afterAll, describe, test } from 'vitest';
import { killCuts, killSeed, killWrite } from '../support/env.ts';
import { type Act, createKillProject, migrating, rollingBack } from './acts.ts';
import { type KillableServer, startKillableServer } from './killable-server.ts';
import { createMatrix, writeMatrices } from './matrix.ts';
import { type Cut, nameOf, planCuts } from './plan-cuts.ts';
import { BoundaryNotMet, survive } from './survive.ts';
import { runUndisturbed, type Undisturbed } from './undisturbed.ts';

const servers = testServers();
const seed = killSeed();
const project = await createKillProject();
const killable = new Map<number, Promise<KillableServer>>();
const queues = new Map<number, Promise<unknown>>();

/** A rollback shares most of its code with a migration, and gets fewer cuts. */
const runs = [
  { ...(await prepare(migrating(project))), cuts: killCuts() },
  { ...(await prepare(rollingBack(project))), cuts: Math.ceil((killCuts() * 16) / 60) },
];

async function prepare(act: Act) {
  const undisturbed = await Promise.all(servers.map(({ url }) => runUndisturbed(act, url)));
  return { act, command: act.command, undisturbed, matrix: createMatrix() };
}

afterAll(async () => {
  for (const server of killable.values()) await (await server)[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
  if (!killWrite()) return;
  const majors = servers.map(({ version }) => version).join(' and ');
  const parts = runs.map(({ command, undisturbed, matrix }) => {
    const { tried, survived } = matrix.totals();
    const messages = undisturbed.map(({ trace }) => trace.length).join(' and ');
    return `### \`db ${command}\`\n\n**${survived} of ${tried} cuts survived**, on PostgreSQL ${majors}, in runs of ${messages} messages, seed ${seed}.\n\n${matrix.print()}`;
  });
  await writeMatrices(parts.join('\n\n'));
}, 60_000);

describe.each(runs)(
  `killed at any protocol boundary, the next db $command ends as an undisturbed run does (seed ${seed})`,
  ({ act, undisturbed, matrix, cuts }) => {
    const traces = undisturbed.map(({ trace }) => trace);
    const planned = planCuts(traces, act.waiting, cuts, seed).map((cut, index) => ({
      name: `${index + 1}. PostgreSQL ${servers[cut.server]?.version}, ${nameOf(cut)}`,
      cut,
    }));

    test.concurrent.for(planned)('$name', { timeout: 3_600_000 }, async ({ cut }) => {
      matrix.tried(cut);
      await (cut.kind === 'server killed' ? onServerOfOnesOwn : onSharedServer)(act, cut, undisturbed[cut.server]);
      matrix.survived(cut);
    });
  },
);

async function onSharedServer(act: Act, cut: Cut, undisturbed: Undisturbed | undefined): Promise<void> {
  const on = async (one: Cut) => {
    await using db = await createTestDatabase(act.before, { server: servers[cut.server]?.url ?? '' });
    await survive(one, { act, kind: cut.kind, server: undefined, url: () => db.url }, undisturbed?.end);
  };
  await on(cut).catch(async (error: unknown) => {
    if (!(error instanceof BoundaryNotMet) || cut.of === 'held') throw error;
    await on({ ...cut, nth: 1 });
  });
}

/** One cut at a time on a server that is killed. */
async function onServerOfOnesOwn(act: Act, cut: Cut, undisturbed: Undisturbed | undefined): Promise<void> {
  const before = queues.get(cut.server) ?? Promise.resolve();
  const run = before.then(async () => {
    const version = servers[cut.server]?.version as PostgresVersion;
    const starting = killable.get(cut.server) ?? startKillableServer(version);
    killable.set(cut.server, starting);
    const server = await starting;
    const database = await createTestDatabase(act.before, { server: server.url() });
    const url = () => Object.assign(new URL(server.url()), { pathname: new URL(database.url).pathname }).href;
    await survive(cut, { act, kind: cut.kind, server, url }, undisturbed?.end);
  });
  queues.set(
    cut.server,
    run.catch(() => {}),
  );
  await run;
}
