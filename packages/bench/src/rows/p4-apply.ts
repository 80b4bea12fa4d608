import { defineRow } from '../harness/row.ts';
import { connectControl } from '../support/connect-control.ts';
import { migrators, OURS, OURS_CLI, ours, PSQL, psql } from '../synthetic/migrators.ts';
import { applies, IN_PROCESS, variantName } from './p4/applies.ts';
import { openWorkshop, SIZES, type Size, type Workshop } from './p4/workshop.ts';

const sizes = SIZES.map((size): Size => `${size}`);
const largest: Size = '500';
const of = (name: string) => variantName(name, largest);
const onThrowaway = (name: string) => variantName(name, largest, 'throwaway');
/** Of the whole process and of what it does after its imports: peers differ most in what they import. */
const BOTH = ['ms', IN_PROCESS];

/** What a new environment waits for its tables, by each migrator's own way, against `psql` with one file and one transaction. */
export const apply = defineRow({
  id: 'P4',
  title: 'Apply 1, 50 and 500 migrations to an empty database',
  target: '≤ 0.9 × `psql -1` at 500, with lock, checksum, transaction and history row each',
  units: { [IN_PROCESS]: 'ms' },
  setup: openWorkshop,
  facts: ({ serverVersion }: Workshop) => [
    `PostgreSQL ${serverVersion}, embedded binaries; fsync and synchronous_commit on, unless the way says fsync off.`,
    'Every way runs the same statements in as many migrations, and its tables are counted after each run.',
  ],
  control: connectControl(({ throwaway }: Workshop) => throwaway),
  variants: [
    ...sizes.flatMap((size) => [...migrators, psql].map((migrator) => applies(migrator, size))),
    ...[ours, psql].map((migrator) => applies(migrator, largest, 'throwaway')),
  ],
  bounds: [],
  ratios: [
    ...BOTH.map((figure) => ({ of: of(OURS), to: of(PSQL), figure, limit: { max: 0.9 } })),
    { of: onThrowaway(OURS), to: onThrowaway(PSQL), figure: IN_PROCESS, limit: { max: 0.9 } },
    { of: of(OURS_CLI), to: of(PSQL) },
    ...migrators
      .filter(({ name, reports }) => name !== OURS && reports)
      .map(({ name }) => ({ of: of(OURS), to: of(name), figure: IN_PROCESS })),
    { of: of(OURS_CLI), to: of('drizzle-kit') },
    ...sizes.map((size) => ({ of: variantName(OURS_CLI, size), to: variantName('drizzle-kit', size) })).slice(0, 2),
  ],
});
