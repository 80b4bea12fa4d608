import { defineRow, type Ratio } from '../harness/row.ts';
import { connectControl } from '../support/connect-control.ts';
import { OURS, OURS_CLI } from '../synthetic/migrators.ts';
import { IN_PROCESS, variantName } from './p4/applies.ts';
import { openWorkshop, type Size, type Workshop } from './p4/workshop.ts';
import { asks, BARE, bare, CONNECT, connect, drizzleBundled, noOps } from './p5/no-ops.ts';

/** The promise; the plan's own is 20. */
const MS_OVER_NODE = 30;
const MS_AFTER_CONNECT = 2;
const sizes: readonly Size[] = ['1', '500'];

/** What every deploy and every start pays when there is nothing to do. */
export const upToDate = defineRow({
  id: 'P5',
  title: 'Already up to date',
  target: `≤ bare Node + ${MS_OVER_NODE} ms, whole process from the bundle; ≤ ${MS_AFTER_CONNECT} ms after connect, at 1 and at 500 applied`,
  units: { [IN_PROCESS]: 'ms' },
  setup: openWorkshop,
  facts: ({ serverVersion }: Workshop) => [
    `PostgreSQL ${serverVersion}, embedded binaries, fsync off: nothing is written.`,
    'Each way has applied the whole history before, by itself.',
  ],
  control: connectControl(({ throwaway }: Workshop) => throwaway),
  variants: [bare, connect, ...sizes.flatMap((size) => noOps.map((migrator) => asks(migrator, size))), drizzleBundled],
  bounds: [],
  ratios: [
    ...sizes.flatMap((size): readonly Ratio[] => [
      { of: variantName(OURS_CLI, size), to: variantName('drizzle-kit', size) },
      { of: variantName('drizzle-kit', size), to: BARE },
      { of: variantName(OURS_CLI, size), to: variantName('drizzle migrator', size) },
      { of: variantName(OURS_CLI, size), to: BARE },
    ]),
    { of: variantName(OURS_CLI, '500'), to: drizzleBundled.name },
    { of: variantName(OURS_CLI, '500'), to: variantName(OURS_CLI, '1') },
  ],
  differences: sizes.flatMap((size) => [
    { of: variantName(OURS_CLI, size), to: BARE, limit: { max: MS_OVER_NODE } },
    { of: variantName(OURS, size), to: CONNECT, figure: IN_PROCESS, limit: { max: MS_AFTER_CONNECT } },
  ]),
});
