import type { Column, RowsMapperGenerator } from 'drizzle-orm';

type Fields = Parameters<RowsMapperGenerator>[0];
type Mapper = ReturnType<RowsMapperGenerator>;

interface Known {
  readonly fields: Fields;
  readonly nullable: string;
  readonly mapper: Mapper;
}

/** More selections than these that begin with one column are mapped without being remembered. */
const KNOWN_MAX = 32;

/** Makes the mapper of a selection once: selections of the same columns under the same names share it. Selections with SQL in them,
 *  which is new with each query, get one of their own each time. */
export function memoizeMappers(generate: RowsMapperGenerator): RowsMapperGenerator {
  const byFirstColumn = new WeakMap<object, Known[]>();
  return (fields, nullablePaths) => {
    const first = fields[0];
    if (first === undefined || fields.some(({ fieldType }) => fieldType !== 'Column'))
      return generate(fields, nullablePaths);
    const column = first.field as Column;
    const known = byFirstColumn.get(column) ?? [];
    byFirstColumn.set(column, known);
    const nullable = nullablePaths?.join('\0') ?? '';
    const found = known.find((candidate) => candidate.nullable === nullable && sameFields(candidate.fields, fields));
    if (found !== undefined) return found.mapper;
    const mapper = generate(fields, nullablePaths);
    if (known.length < KNOWN_MAX) known.push({ fields, nullable, mapper });
    return mapper;
  };
}

function sameFields(a: Fields, b: Fields): boolean {
  return (
    a.length === b.length &&
    a.every((left, at) => {
      const right = b[at];
      return (
        right !== undefined &&
        left.field === right.field &&
        left.codecOverride === right.codecOverride &&
        left.path.length === right.path.length &&
        left.path.every((part, depth) => part === right.path[depth])
      );
    })
  );
}
