import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { Wait } from 'testcontainers';
import { serverArguments } from '../embedded/server-settings.ts';

/** Port inside the container. */
const SERVER_PORT = 5_432;
/** Data folder's parent inside: not the image's own, which moved in PostgreSQL 18 and is a volume. */
const HOME = '/local-postgres';

export interface ContainerPlan {
  image: string;
  password: string;
  label: Record<string, string>;
  /** Port on this machine. Undefined: the engine chooses. */
  port: number | undefined;
  /** Named volume for the data. Undefined: in the container's memory, gone with it. */
  volume: string | undefined;
  durable: boolean;
  settings: Record<string, string>;
  /** Whether the engine runs on this machine, so that the loopback address is the right one to listen on. */
  isLocalEngine: boolean;
}

/** A PostgreSQL container as we want it. Without Testcontainers' reaper: our watchdog and sweep do its work. */
export class ServerContainer extends PostgreSqlContainer {
  constructor(plan: ContainerPlan) {
    super(plan.image);
    this.withDatabase('postgres').withUsername('postgres').withPassword(plan.password);
    this.withAutoCleanup(false).withLabels(plan.label);
    this.withEnvironment({ PGDATA: `${HOME}/data`, POSTGRES_INITDB_ARGS: '-E UTF8 --locale=C', TZ: 'UTC' });
    const { durable, settings } = plan;
    this.withCommand(['postgres', ...serverArguments({ durable, settings, port: undefined })]);
    // the image's first start runs a server without TCP; this one answers only when the real one does
    this.withWaitStrategy(Wait.forSuccessfulCommand(`pg_isready -h 127.0.0.1 -p ${SERVER_PORT} -U postgres`));
    if (plan.volume === undefined && !durable) this.withTmpFs({ [HOME]: 'rw' });
    if (plan.volume !== undefined) this.withBindMounts([{ source: plan.volume, target: HOME, mode: 'rw' }]);
    // fast shutdown: the default of an image may wait for every client
    this.createOpts.StopSignal = 'SIGINT';
    const binding = { HostPort: String(plan.port ?? 0), ...(plan.isLocalEngine ? { HostIp: '127.0.0.1' } : {}) };
    this.hostConfig.PortBindings = { [`${SERVER_PORT}/tcp`]: [binding] };
  }
}
