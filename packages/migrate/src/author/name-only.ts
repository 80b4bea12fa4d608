import type { Catalog } from '../catalog/read-catalog.ts';
import { sameDefinition } from '../catalog/same-definition.ts';

/** The renames of constraints, indexes and sequences that differ between two catalogs by nothing but their names: dropped and made again
 *  they would be missing for a while. Of several that are equal the first ones pair. Pure; the grammar must be loaded. */
export function nameOnlyRenames(from: Catalog, to: Catalog): readonly string[] {
  const constraints = pairs(from, to, CONSTRAINT);
  const keys = new Set(constraints.map(({ schema, old }) => `${schema}.${old}`));
  const indexes = pairs(from, to, INDEX).filter(({ old, place }) => !keys.has(`${place}.${old}`));
  return [
    ...constraints.map(({ place, old, fresh }) => `ALTER TABLE ${place} RENAME CONSTRAINT ${old} TO ${fresh}`),
    ...indexes.map(({ place, old, fresh }) => `ALTER INDEX ${place}.${old} RENAME TO ${fresh}`),
    ...pairs(from, to, SEQUENCE).map(({ place, old, fresh }) => `ALTER SEQUENCE ${place}.${old} RENAME TO ${fresh}`),
  ];
}

/** A kind of object, as catalogs name it. */
interface Kind {
  /** Its place (a table, or a schema), the schema and its name, as they are printed. */
  readonly object: RegExp;
  /** What has to be equal. NULL: the definition is never enough. */
  readonly essence: (definition: string) => string | null;
}

const NAME = '("(?:[^"]|"")+"|[^."\\s]+)';
const CONSTRAINT: Kind = {
  object: new RegExp(`^constraint (${NAME}\\.${NAME}) ${NAME}$`),
  essence: (definition) => definition,
};
const INDEX: Kind = {
  object: new RegExp(`^index (${NAME})\\.${NAME}$`),
  essence: (definition) => definition.replace(new RegExp(`^(CREATE (?:UNIQUE )?INDEX) ${NAME} `), '$1 '),
};
const SEQUENCE: Kind = {
  object: new RegExp(`^sequence (${NAME})\\.${NAME}$`),
  essence: (definition) => (definition.includes(' owned by ') ? definition : null),
};

interface Pair {
  readonly schema: string;
  /** The table, or for what bears its schema's name only, the schema. */
  readonly place: string;
  readonly old: string;
  readonly fresh: string;
}

/** Objects of one catalog that the other lacks, each with the one of the same kind, place and essence that it lacks itself. */
function pairs(from: Catalog, to: Catalog, kind: Kind): readonly Pair[] {
  const free = [...onlyIn(to, from, kind)];
  return onlyIn(from, to, kind).flatMap((old) => {
    const at = free.findIndex(
      (fresh) => fresh.place === old.place && sameDefinition(old.object, old.essence, fresh.essence),
    );
    const [fresh] = at < 0 ? [] : free.splice(at, 1);
    return fresh === undefined ? [] : [{ schema: old.schema, place: old.place, old: old.name, fresh: fresh.name }];
  });
}

function onlyIn(one: Catalog, other: Catalog, { object: pattern, essence }: Kind) {
  return [...one].flatMap(([object, definition]) => {
    const found = other.has(object) ? null : pattern.exec(object);
    const wanted = essence(definition);
    return found === null || wanted === null
      ? []
      : [{ object, schema: found[2] ?? '', place: found[1] ?? '', name: found.at(-1) ?? '', essence: wanted }];
  });
}
