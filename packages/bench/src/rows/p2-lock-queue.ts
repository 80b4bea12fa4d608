import { defineRow } from '../harness/row.ts';
import { connectControl } from '../support/connect-control.ts';
import { about, behindSelect, LONGEST, SLOW } from './p2/behind-select.ts';
import { LONGEST_WRITE, SLOWEST, saturated } from './p2/saturated.ts';
import { openScene, ROWS, type Scene } from './p2/scene.ts';

const NONE = 'behind a SELECT, no ALTER';
const OURS = 'behind a SELECT, ours';
const SATURATED = 'saturating writer, ours';

/** What a writer notices of a schema change that has to wait for somebody, and whether the change ever gets its turn. */
export const lockQueue = defineRow({
  id: 'P2',
  title: 'An ALTER that waits for its lock',
  target:
    'behind a long SELECT a writer waits ≤ 5 ms longer than without the ALTER; under a saturating writer it applies within 1 s',
  units: { [LONGEST]: 'ms', [SLOW]: 'count', [SLOWEST]: 'ms', [LONGEST_WRITE]: 'ms' },
  setup: openScene,
  facts: ({ serverVersion }: Scene) => [
    `PostgreSQL ${serverVersion}, embedded binaries, fsync off, so that the disk's pauses are not taken for locks.`,
    `A table of ${ROWS} rows; four writes in five update by key, one inserts. Behind a SELECT: ${about}; waits count from the time a write was due. Saturating: 8 connections without pause.`,
    'The migrator is a process that has loaded its code before; the writer runs in another.',
  ],
  control: connectControl(({ server }: Scene) => server),
  variants: [
    behindSelect(NONE, 'none', 'the control of the three below'),
    behindSelect(OURS, 'ours', '`migrateDomain`, ADD COLUMN'),
    behindSelect('behind a SELECT, drizzle migrator', 'drizzle', 'the plain ALTER, no timeout'),
    behindSelect(
      'behind a SELECT, lock_timeout 1 s',
      'lock_timeout',
      'the plain ALTER with a timeout, again after 200 ms: the common advice',
    ),
    saturated(SATURATED, 'ours', '`migrateDomain`, twenty times ADD COLUMN'),
    saturated(
      'saturating writer, lock_timeout 1 s',
      'lock_timeout',
      'the plain ALTER with a timeout, twenty times, connection included',
    ),
  ],
  bounds: [{ of: SATURATED, figure: SLOWEST, limit: { max: 1000 } }],
  ratios: [{ of: 'behind a SELECT, drizzle migrator', to: OURS, figure: LONGEST }],
  differences: [
    { of: OURS, to: NONE, figure: LONGEST, limit: { max: 5 } },
    { of: 'behind a SELECT, drizzle migrator', to: NONE, figure: LONGEST },
    { of: 'behind a SELECT, lock_timeout 1 s', to: NONE, figure: LONGEST },
  ],
});
