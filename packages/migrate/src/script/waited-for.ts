import { quoteLiteral } from '../objects/quote.ts';
import { insist } from './psql.ts';

/** What a script asks of a backfill, as the domain declares it. */
export interface ScriptBackfill {
  readonly name: string;
  readonly remaining: string;
  readonly verify?: string;
  readonly parameters?: readonly (string | number | boolean | null | Readonly<Record<string, string>>)[];
}

/** Lines that stand before a migration that waits for a backfill: they go on where no row is left for it, as in a domain that is new, and
 *  stop the script elsewhere, for a script cannot run it. Pure.
 *  @param backfill what the domain declares by that name. Absent: only what the history says of it counts */
export function waitedFor(
  domain: string,
  migration: string,
  name: string,
  backfill: ScriptBackfill | undefined,
): string[] {
  const isDone = `EXISTS (SELECT FROM migrations.backfills WHERE domain = ${quoteLiteral(domain)} AND name = ${quoteLiteral(name)} AND state = 'done')`;
  const otherwise = `${migration} waits for the backfill ${name}, which a script cannot run: run pnpm db migrate`;
  if (backfill === undefined) return [insist(isDone, otherwise)];
  const { remaining, verify, parameters = [] } = backfill;
  const conditions = [remaining, ...(verify === undefined ? [] : [verify])].map(isZero).join(' AND ');
  const values = parameters.map(literal).join(', ');
  return [
    `PREPARE rows_left AS SELECT ${conditions} AS nothing_left;`,
    `EXECUTE rows_left${values === '' ? '' : `(${values})`} \\gset`,
    'DEALLOCATE rows_left;',
    '\\if :nothing_left',
    `INSERT INTO migrations.backfills (domain, name, state, finished_at) VALUES (${quoteLiteral(domain)}, ${quoteLiteral(name)}, 'done', clock_timestamp()) ON CONFLICT (domain, name) DO UPDATE SET state = 'done', cursor = NULL, finished_at = excluded.finished_at;`,
    '\\else',
    insist('false', otherwise),
    '\\endif',
  ];
}

/** A query may end in a comment. */
function isZero(query: string): string {
  return `(SELECT counted.n FROM (\n${query.trim().replace(/;$/, '')}\n) AS counted(n)) = 0`;
}

function literal(value: NonNullable<ScriptBackfill['parameters']>[number]): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return quoteLiteral(value);
  return typeof value === 'object' ? `${quoteLiteral(JSON.stringify(value))}::jsonb` : String(value);
}
