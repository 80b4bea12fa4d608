/** The same tables, each after those that its foreign keys point to, otherwise in their order. Where keys go in a circle, the table that
 *  the walk comes to first stands behind the rest of it. Parents that are not among the tables count for nothing. Pure. */
export function parentsFirst<T>(
  tables: readonly T[],
  nameOf: (table: T) => string,
  parentsOf: (table: T) => readonly string[],
): readonly T[] {
  const byName = new Map(tables.map((table) => [nameOf(table), table]));
  const ordered = new Set<T>();
  const visit = (table: T, path: ReadonlySet<string>) => {
    if (ordered.has(table) || path.has(nameOf(table))) return;
    for (const parent of parentsOf(table)) {
      const next = byName.get(parent);
      if (next !== undefined) visit(next, new Set([...path, nameOf(table)]));
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, new Set());
  return [...ordered];
}
