import { parseSql, type SqlNode } from '../sql/parse.ts';

/** A view's text as PostgreSQL 16 and newer print it: where the outermost query reads one relation, its columns carry no
 *  qualifier. Older servers print `jobs.id` there. The grammar must be loaded. */
export function normalizeView(text: string): string {
  const parsed = parseSql(text);
  const [statement] = parsed.ok ? parsed.statements : [];
  if (statement?.kind !== 'SelectStmt') return text;
  const from = statement.node['fromClause'];
  const name = Array.isArray(from) && from.length === 1 ? relationAlias(from[0]) : undefined;
  if (name === undefined) return text;
  const bytes = Buffer.from(text, 'utf8');
  const places = [...qualifiedBy(name, statement.node)].sort((a, b) => b - a);
  return places
    .reduce((rest, place) => {
      const dot = rest.indexOf('.', place);
      return Buffer.concat([rest.subarray(0, place), rest.subarray(dot + 1)]);
    }, bytes)
    .toString('utf8');
}

/** The name by which one FROM item is referred to; undefined for joins and functions. */
function relationAlias(item: SqlNode): string | undefined {
  const node = (item['RangeVar'] ?? item['RangeSubselect']) as SqlNode | undefined;
  const alias = node?.['alias'] as SqlNode | undefined;
  const name = alias?.['aliasname'] ?? node?.['relname'];
  return typeof name === 'string' ? name : undefined;
}

/** Byte offsets of `name.column` references of this query, not of queries inside it. */
function* qualifiedBy(name: string, value: unknown): Generator<number> {
  if (Array.isArray(value)) for (const item of value) yield* qualifiedBy(name, item);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'SelectStmt') continue;
    if (key === 'ColumnRef') {
      const { fields, location } = child as { fields: readonly { String?: { sval: string } }[]; location?: number };
      if (fields.length === 2 && fields[0]?.String?.sval === name) yield location ?? 0;
    } else yield* qualifiedBy(name, child);
  }
}
