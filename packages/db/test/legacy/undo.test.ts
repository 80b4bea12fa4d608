import { describe, expect, test } from 'vitest';
import { changesOf, stateOf } from '../../../migrate/test/support/adopt-state.ts';
import { servers } from '../support/database.ts';
import type { Bed, Variant } from './bed.ts';
import { beds } from './beds.ts';
import { buildBed } from './build.ts';
import { command, find, nameOf, oldStart } from './life.ts';
import { everyVariant, sampleOf } from './sample.ts';

const all = beds.flatMap((bed) => [undefined, ...bed.variants].map((variant) => ({ bed, variant })));
const cases = (everyVariant() ? servers() : sampleOf(servers(), 1)).flatMap((server) =>
  (everyVariant() ? all : sampleOf(all, 2)).map((one) => ({ ...one, server, name: nameOf(one.bed, one.variant) })),
);

describe('an adoption that is taken back', () => {
  test.each(cases)(
    'leaves $name on PostgreSQL $server.version as it was found, row for row',
    ({ bed, variant, server }) => undo(bed, variant, server.url),
  );
});

async function undo(bed: Bed, variant: Variant | undefined, server: string): Promise<void> {
  await using database = await buildBed(bed, server, variant);
  const before = await stateOf(database.sql);
  const found = await find(bed, variant, database);
  expect(await command(found, server, 'adopt', '--yes')).toMatchObject({ outcome: 'adopted' });
  expect(changesOf(before, await stateOf(database.sql)).length).toBeGreaterThan(bed.tables.length);
  expect(await command(found, server, 'adopt', '--undo', '--yes')).toMatchObject({ outcome: 'undone' });
  const mends = variant?.expect?.mends ?? [];
  const changes = changesOf(before, await stateOf(database.sql));
  expect(changes.filter((change) => !mends.some((one) => change.includes(one)))).toEqual([]);
  if (variant === undefined) await oldStart(found, 1);
}
