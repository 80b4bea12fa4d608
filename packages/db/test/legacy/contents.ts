import type { Sql } from 'postgres';

/** What a table holds, column by column: the type, how many values are not NULL, and a sum of all of them that knows no order. */
export type Contents = Readonly<
  Record<string, { readonly type: string; readonly known: number; readonly sum: string }>
>;

export async function contentsOf(sql: Sql, table: string, columns?: readonly string[]): Promise<Contents> {
  const all = await sql<{ name: string; type: string }[]>`
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = to_regclass(${table}) AND attnum > 0 AND NOT attisdropped ORDER BY attname`;
  const wanted = all.filter(({ name }) => columns === undefined || columns.includes(name));
  const sums = wanted.map(
    ({ name }) =>
      `json_build_object('known', count("${name}"), 'sum', coalesce(sum(('x' || left(md5("${name}"::text), 15))::bit(60)::bigint), 0)::text)`,
  );
  const [row] = await sql.begin(async (tx) => {
    await tx.unsafe("SET LOCAL TimeZone = 'UTC'");
    return await tx.unsafe<{ sums: { known: number; sum: string }[] }[]>(
      `SELECT json_build_array(${sums.join(', ')}) AS sums FROM ${table}`,
    );
  });
  return Object.fromEntries(
    wanted.map(({ name, type }, at) => [name, { type, ...(row?.sums[at] ?? { known: -1, sum: '' }) }]),
  );
}

/** What was lost between two contents, in words: columns gone, values gone or changed. Where the type changed, or values came where none
 *  were, the number of values is compared. */
export function lossesOf(before: Contents, after: Contents): readonly string[] {
  return Object.entries(before).flatMap(([name, was]) => {
    const is = after[name];
    if (is === undefined) return [`${name} is gone`];
    if (was.known > is.known) return [`${name}: ${was.known} values, now ${is.known}`];
    return was.type === is.type && was.known === is.known && was.sum !== is.sum ? [`${name}: other values`] : [];
  });
}
