import { countOf } from '../errors/count-of.ts';

/** A build that is connected, as it says of itself. */
export interface Build {
  /** What its program is called. */
  readonly app: string;
  readonly domain: string;
  /** Timestamp of the newest migration that it knows. */
  readonly head: string;
}

/** Reads `<app> <domain>@<timestamp>`, as `createDb` of @repo/db names its connections; NULL for every other name. */
export function parseBuild(applicationName: string): Build | null {
  const [, app, domain, head] = /^(.*) ([a-z][a-z0-9_-]*)@(\d{14})$/s.exec(applicationName) ?? [];
  return app === undefined || domain === undefined || head === undefined ? null : { app, domain, head };
}

/** A build with at least one session. */
export interface ConnectedBuild extends Build {
  readonly sessions: number;
  /** Of its oldest session. */
  readonly since: Date;
}

export function describeBuild({ app, domain, head, sessions, since }: ConnectedBuild): string {
  return `${app} (${domain}@${head}, ${countOf(sessions, 'session')} since ${new Date(since).toISOString()})`;
}
