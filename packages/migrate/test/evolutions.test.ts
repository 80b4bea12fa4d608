import { testServers } from '@repo/local-postgres/vitest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STEPS, type Step } from './evolutions/evolve.ts';
import { type Tally, walk } from './evolutions/line.ts';
import { evolutionSeed, evolutions } from './support/env.ts';

/** Evolutions of one schema, one after the other, before a new one begins. */
const LINE = 10;

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom(...Object.keys(STEPS)),
  a: fc.nat(30),
  b: fc.nat(30),
  c: fc.nat(30),
});
/** It begins with tables: on nothing most steps do nothing. */
const begin = (a: number): Step => ({ does: 'addTable', a, b: a, c: a });
const line = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: LINE - 1, maxLength: LINE - 1 });

const wanted = evolutions();
const seed = evolutionSeed();
const servers = testServers();
const perServer = Math.max(1, Math.round(wanted / servers.length / LINE));

test.each(servers)(
  `PostgreSQL $version: evolutions of random schemas arrive by generate and migrate, without drift, and roll back to the catalog of before (seed ${seed})`,
  async ({ url, version }) => {
    const tally: Tally = { evolutions: 0, unchanged: 0, irreversible: 0, files: 0, plain: 0, refused: 0 };
    const property = fc.asyncProperty(line, async (rest) => {
      await walk(url, [[begin(0), begin(1), begin(4)], ...rest], tally);
    });
    await fc.assert(property, { numRuns: perServer, seed: seed + version, endOnFailure: wanted <= 100 });
    process.stderr.write(`PostgreSQL ${version}, seed ${seed}: ${JSON.stringify(tally)}\n`);
    expect(tally.evolutions + tally.refused).toBeGreaterThanOrEqual(perServer * LINE);
    expect(tally.refused).toBeLessThan(tally.evolutions / 5);
    // The promise is worth something only where most can be undone.
    expect(tally.irreversible).toBeLessThan(tally.evolutions / 3);
  },
  Math.max(300_000, wanted * 6_000),
);

/* What random evolutions have found, by name. */
test.each([
  [
    'a step that only moves rows has a way back, which must have a statement',
    [[begin(0)], [{ does: 'changeType', a: 0, b: 0, c: 0 }]],
  ],
  [
    'a table whose rows stand in the way of the first way up is empty on the second one, too',
    [
      [begin(0), begin(1), begin(4)],
      [
        { does: 'addReference', a: 8, b: 15, c: 3 },
        { does: 'flipDefault', a: 17, b: 17, c: 7 },
      ],
    ],
  ],
])('%s', async (_, evolutions) => {
  const tally: Tally = { evolutions: 0, unchanged: 0, irreversible: 0, files: 0, plain: 0, refused: 0 };
  await walk(servers.at(-1)?.url ?? '', evolutions, tally);
  expect(tally).toMatchObject({ evolutions: evolutions.length, irreversible: 0, plain: 0 });
  expect(tally.files).toBeGreaterThan(evolutions.length);
});
