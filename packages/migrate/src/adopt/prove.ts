import type { Catalog } from '../catalog/catalog.ts';
import { type DriftDifference, driftDifferences } from '../drift/differences.ts';
import { plainName } from './choose-point.ts';
import type { Kept, Waiting } from './plan.ts';
import { sameRule } from './same-rule.ts';

/** Differences between the declared catalog and the live one that neither what is kept nor what waits explains. Pure; the grammar must
 *  be loaded. */
export function unexplained(
  target: Catalog,
  live: Catalog,
  schema: string,
  { retained, waiting }: { readonly retained: readonly Kept[]; readonly waiting: readonly Waiting[] },
): readonly DriftDifference[] {
  const known = [...retained, ...waiting].map(({ object }) => object);
  const types = waiting.some(({ object }) => object.startsWith('column ') && object.endsWith(' type'));
  const views = new Set(
    [...target.keys()]
      .filter((key) => /^(materialized )?view /.test(key))
      .map((key) => plainName(key, schema).replace(/^.*view /, '')),
  );
  return driftDifferences(target, live).filter((one) => {
    if (one.expected !== null && one.live !== null && sameRule(one.expected, one.live.replace(' ON ONLY ', ' ON ')))
      return false;
    const name = plainName(one.object, schema);
    if (isKnown(one, name, known, schema)) return false;
    // A view shows the types of the columns that it reads.
    return !(
      types &&
      (one.kind === 'view' || (one.kind === 'column' && views.has(name.split(' ')[1]?.split('.')[0] ?? '')))
    );
  });
}

function isKnown(one: DriftDifference, name: string, known: readonly string[], schema: string): boolean {
  const names = [name, ...(one.partOf === null ? [] : [plainName(one.partOf, schema)])];
  if (one.kind === 'index') names.push(`constraint ${tableOf(one, schema)} ${name.slice('index '.length)}`);
  if (one.kind === 'constraint') names.push(`index ${name.split(' ').slice(2).join(' ')}`);
  if (one.kind === 'comment') names.push(name.slice('comment '.length), `column ${name.split(' ').at(-1) ?? ''}`);
  if (one.kind === 'sequence') names.push(`column ${ownerOf(one, schema)}`);
  return known.some((object) => {
    const bare = plainName(object, schema);
    return names.some((wanted) => bare === wanted || bare.startsWith(`${wanted} `));
  });
}

function tableOf({ expected, live }: DriftDifference, schema: string): string {
  const found = / ON (?:ONLY )?(.+?) USING /.exec(expected ?? live ?? '')?.[1] ?? '';
  return plainName(`table ${found}`, schema).slice('table '.length);
}

function ownerOf({ expected, live }: DriftDifference, schema: string): string {
  const found = / owned by (.+)$/.exec(expected ?? live ?? '')?.[1] ?? '';
  return plainName(`column ${found}`, schema).slice('column '.length);
}
