import type { Logger } from '../log.ts';

/** What middleware leaves for routes. */
export interface AppEnv {
  readonly Variables: {
    requestId: string;
    log: Logger;
    /** The tenant: from the signed token, never from the request's own words. */
    instanceId: string;
  };
}
