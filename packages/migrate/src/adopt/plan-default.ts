import { act, type Case, type Draft, type Pair } from './draft.ts';
import type { ColumnModel } from './model.ts';
import { at, q } from './names.ts';
import { planNumbering } from './plan-numbering.ts';

const NEXTVAL = /^nextval\(/;

/** The declared default for rows to come; rows that are there keep what they have. */
export function planDefault(given: Case, draft: Draft, pair: Pair, column: ColumnModel, found: ColumnModel): void {
  if (column.generated !== '' || found.generated !== '') {
    if (column.generated !== found.generated || column.default !== found.default)
      keepGenerated(draft, pair, column, found);
    return;
  }
  const numbers = (one: ColumnModel) => one.identity !== '' || (one.default !== null && NEXTVAL.test(one.default));
  if (numbers(column) || numbers(found)) {
    planNumbering(given, draft, pair, column, found);
    return;
  }
  if (column.default === found.default || sameValue(column, found)) return;
  const retype = draft.retypes.get(pair)?.find((part) => part.column === column.name);
  // The new type has come with its default.
  if (column.default !== null && retype?.forth.some((part) => part.endsWith(' DROP DEFAULT')) === true) return;
  const object = `column ${pair.target.name}.${column.name}`;
  if (column.type !== found.type && retype === undefined) {
    draft.waiting.push({ object: `${object} default`, why: 'it comes with the type', rows: null });
    return;
  }
  const keeps = pair.mapping.columns?.[column.name]?.keepDefault === true || column.default === null;
  if (keeps && given.phase === 'adopt') {
    draft.waiting.push({
      object: `${object} default`,
      why: `the old application may count on ${found.default}`,
      rows: null,
    });
    return;
  }
  const set = (value: string | null) =>
    `ALTER TABLE ${at(given.target.schema, pair.target.name)} ALTER COLUMN ${q(column.name)} ${value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`;
  act(draft, 'columns', object, set(column.default), set(found.default));
}

/** `'x'::text` and `'x'::character varying` are one value, printed by the type that the column had. */
function sameValue(column: ColumnModel, found: ColumnModel): boolean {
  const bare = (value: string | null) => value?.replace(/^('(?:[^']|'')*')::[a-z ]+(\(\d+\))?$/, '$1') ?? null;
  return column.type === found.type && bare(column.default) === bare(found.default);
}

function keepGenerated(draft: Draft, pair: Pair, column: ColumnModel, found: ColumnModel): void {
  const as = ({ generated, default: value }: ColumnModel) =>
    generated === '' ? 'a plain column' : `generated as ${value}`;
  draft.waiting.push({
    object: `column ${pair.target.name}.${column.name} generation`,
    why: `it is ${as(found)}, declared ${as(column)}: that cannot be changed in place`,
    rows: null,
  });
}
