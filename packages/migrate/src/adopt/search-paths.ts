import type { Sql } from 'postgres';

const OF_ROLE = /^ALTER ROLE ("(?:[^"]|"")*") IN DATABASE "(?:[^"]|"")*" /;

/** Recorded statements as they hold in this database: those about a role's search path in a database name this one, which may have got
 *  another name or be a copy since they were recorded; those of roles that are gone are left out. Read-only. */
export async function heldHere(sql: Sql, statements: readonly string[]): Promise<readonly string[]> {
  const [here] = await sql<{ database: string; roles: string[] }[]>`
    SELECT '"' || replace(current_database(), '"', '""') || '"' AS database,
      (SELECT json_agg('"' || replace(rolname, '"', '""') || '"') FROM pg_roles) AS roles`;
  return statements.flatMap((statement) => {
    const [found, role] = OF_ROLE.exec(statement) ?? [];
    if (found === undefined || role === undefined || here === undefined) return [statement];
    const there = here.roles.includes(role);
    return there ? [`ALTER ROLE ${role} IN DATABASE ${here.database} ${statement.slice(found.length)}`] : [];
  });
}
