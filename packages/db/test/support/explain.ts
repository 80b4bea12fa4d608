import type { Sql } from 'postgres';

/** A statement's plan, told by what it is made of. */
export interface ExplainedPlan {
  /** Node types from the top down, for example `Limit`, `Sort`, `Index Scan`. */
  readonly nodes: readonly string[];
  /** Names of the indexes read, each once. */
  readonly indexes: readonly string[];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** How Postgres would run a statement; it is planned, not run. */
export async function explain(sql: Sql, statement: string): Promise<ExplainedPlan> {
  const [row] = await sql.unsafe<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }[]>(
    `EXPLAIN (FORMAT JSON) ${statement}`,
  );
  const nodes = (row?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => flatten(Plan));
  const indexes = nodes.flatMap((node) => node['Index Name'] ?? []);
  return { nodes: nodes.map((node) => node['Node Type']), indexes: [...new Set(indexes)] };
}

function flatten(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
