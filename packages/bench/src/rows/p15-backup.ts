import { defineRow } from '../harness/row.ts';
import { connectControl } from '../support/connect-control.ts';
import { openScene, type Scene } from './p15/scene.ts';
import { BY_FILE, MB, OURS, OURS_PG_DUMP, PIPE, pgDumpMajor, RATE, SIZE, ways } from './p15/ways.ts';

const RATE_MIN = 0.7;

/** What a backup and its restore cost where PostgreSQL's own programs are not there. */
export const backup = defineRow({
  id: 'P15',
  title: 'Backup and restore through the driver',
  target: `≥ ${RATE_MIN} × the rate of \`pg_dump | pg_restore\` on 1 GB`,
  units: { [RATE]: 'MB/s', [SIZE]: 'MB' },
  setup: async () => await openScene(await pgDumpMajor()),
  facts: ({ serverVersion, bytes, rows }: Scene) => [
    `PostgreSQL ${serverVersion}, embedded binaries, fsync off; an empty database before each run.`,
    `One schema, ${Math.round(bytes / MB)} MB with its indexes, ${rows} rows; \`BENCH_BACKUP_MB=1000\` for the size of the target.`,
    'Rate: that size divided by the time for backup and restore together.',
  ],
  control: connectControl(({ server }: Scene) => server),
  variants: ways,
  bounds: [],
  ratios: [
    { of: OURS, to: PIPE, figure: RATE, limit: { min: RATE_MIN } },
    { of: OURS, to: BY_FILE, figure: RATE },
    { of: OURS_PG_DUMP, to: PIPE, figure: RATE },
    { of: OURS, to: OURS_PG_DUMP, figure: SIZE },
  ],
});
