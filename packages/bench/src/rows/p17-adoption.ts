import { defineRow } from '../harness/row.ts';
import { connectControl } from '../support/connect-control.ts';
import { pgDumpMajor } from './p15/ways.ts';
import { openScene, ROWS, type Scene } from './p17/scene.ts';
import { ADOPT, ALONE, about, FINISH, LONGEST, PIPE, SHARE, TOOK, ways } from './p17/ways.ts';

const WAIT_MS = 250;

/** Bringing tables that an old application writes to under a history. */
export const adoption = defineRow({
  id: 'P17',
  title: 'Adopting a database that runs',
  target: `an old writer waits ≤ ${WAIT_MS} ms, or 2 × what it waits alone; beside \`pg_dump | pg_restore\` into a new schema`,
  units: { [TOOK]: 'ms', [LONGEST]: 'ms', [ALONE]: 'ms', [SHARE]: '×' },
  setup: async () => await openScene(await pgDumpMajor()),
  facts: ({ serverVersion, bytes }: Scene) => [
    `PostgreSQL ${serverVersion}, embedded binaries, fsync off; a database from a template before each run.`,
    `Two tables of ${ROWS} rows each, ${Math.round(bytes / 1e6)} MB with their indexes. To be done: a move, a column, two names, a NOT NULL, a check, a foreign key's rule, an index; at \`--finish\` a json that becomes jsonb and an integer key that becomes bigint, with the foreign key to it.`,
    `Writer: ${about}; waits count from the time a write was due.`,
    'Counting, checksums of every column before and after, and the history on a scratch database are part of the time of an adoption.',
    'What is written during a pg_dump is not in it: its writers stand still until the new schema is there.',
  ],
  control: connectControl(({ server }: Scene) => server),
  variants: ways,
  bounds: [ADOPT, FINISH].map((of) => ({ of, figure: SHARE, limit: { max: 1 } })),
  ratios: [
    { of: ADOPT, to: PIPE, figure: TOOK },
    { of: FINISH, to: PIPE, figure: TOOK },
    { of: ADOPT, to: PIPE, figure: LONGEST },
    { of: FINISH, to: PIPE, figure: LONGEST },
  ],
});
