import type { Sql } from 'postgres';

/** How far a no-transaction migration has come that has begun and not ended. */
export interface BegunSteps {
  /** Statements that are done and recorded. */
  readonly done: number;
  /** 1-based number of the statement that was begun and has no recorded end. NULL: the run stopped between two. */
  readonly openStatement: number | null;
  /** When its first statement began. */
  readonly since: Date;
}

/** The recorded steps of a domain, by migration. */
export async function readBegunSteps(sql: Sql, domain: string): Promise<ReadonlyMap<string, BegunSteps>> {
  const rows = await sql<(BegunSteps & { name: string })[]>`
    SELECT name, (count(*) FILTER (WHERE state = 'done'))::int AS done,
      min(statement) FILTER (WHERE state = 'started') + 1 AS "openStatement", min(started_at) AS since
    FROM migrations.steps WHERE domain = ${domain} GROUP BY name`;
  return new Map(rows.map(({ name, ...steps }) => [name, steps]));
}
