import { defineRow } from '../harness/row.ts';
import { CLONE, CLONE_AT_ONCE, CLONE_DOCKER, clones, LONGEST } from './p12/clones.ts';
import { connectOnly } from './p12/connect-only.ts';
import { IN_PROCESS, rebuilds, SCHEMA } from './p12/rebuilds.ts';
import { BY_STATEMENT, ONE_MESSAGE, rollbacks } from './p12/rollbacks.ts';
import { facts, startServers } from './p12/servers.ts';

const MS_ROLLBACK = 1;
const MS_OWN_SCHEMA = 50;

/** What a test pays for a database that no other test has touched, in each way that local-postgres offers. */
export const cleanDatabase = defineRow({
  id: 'P12',
  title: 'A clean database per test',
  target: '≤ 1 ms per test by rollback, ≤ 50 ms when a test needs a schema or database of its own',
  units: { [LONGEST]: 'ms' },
  setup: startServers,
  facts,
  control: connectOnly,
  variants: [...rollbacks, ...clones, ...rebuilds],
  bounds: [
    { of: ONE_MESSAGE, limit: { max: MS_ROLLBACK } },
    { of: BY_STATEMENT, limit: { max: MS_ROLLBACK } },
    { of: CLONE, limit: { max: MS_OWN_SCHEMA } },
    { of: CLONE_AT_ONCE, limit: { max: MS_OWN_SCHEMA } },
    { of: CLONE_AT_ONCE, figure: LONGEST, limit: { max: MS_OWN_SCHEMA } },
    { of: CLONE_DOCKER, limit: { max: MS_OWN_SCHEMA } },
    { of: SCHEMA, limit: { max: MS_OWN_SCHEMA } },
  ],
  ratios: [
    { of: CLONE, to: IN_PROCESS, limit: { max: 1 } },
    { of: CLONE, to: 'empty database' },
    { of: CLONE, to: 'clone, bare SQL' },
    { of: CLONE, to: connectOnly.name },
    { of: CLONE_AT_ONCE, to: CLONE },
    { of: 'clone, durable server', to: CLONE },
    { of: 'from scratch, command line', to: IN_PROCESS },
    { of: SCHEMA, to: CLONE },
    { of: BY_STATEMENT, to: 'begin and rollback alone' },
  ],
});
