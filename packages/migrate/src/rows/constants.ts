import { parseSql } from '../sql/parse.ts';

/** The constants that stand in an SQL expression, without duplicates: good guesses for values that it lets pass. */
export interface Constants {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** Finds them by the grammar, which must be loaded; none where the text is no expression. Pure. */
export function constantsIn(expression: string): Constants {
  const parsed = parseSql(`SELECT ${expression}`);
  const texts = new Set<string>();
  const numbers = new Set<number>();
  if (parsed.ok) for (const { node } of parsed.statements) collect(node, texts, numbers);
  return { texts: [...texts], numbers: [...numbers] };
}

function collect(value: unknown, texts: Set<string>, numbers: Set<number>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, texts, numbers);
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) {
      if (key === 'A_Const') take(child as Readonly<Record<string, object>>, texts, numbers);
      else collect(child, texts, numbers);
    }
}

function take(constant: Readonly<Record<string, object>>, texts: Set<string>, numbers: Set<number>): void {
  const { sval, ival, fval } = constant as {
    sval?: { sval?: string };
    ival?: { ival?: number };
    fval?: { fval?: string };
  };
  if (sval !== undefined) texts.add(sval.sval ?? '');
  if (ival !== undefined) numbers.add(ival.ival ?? 0);
  if (fval?.fval !== undefined) numbers.add(Number(fval.fval));
}
