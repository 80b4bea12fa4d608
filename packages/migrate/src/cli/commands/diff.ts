import { parseTarget, type Target } from '../../connect/target.ts';
import { type DatabaseDiff, diffDatabases } from '../../diff/diff-databases.ts';
import { describeDifference } from '../../drift/describe.ts';
import type { DriftDifference } from '../../drift/differences.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';

interface Options {
  readonly schema?: readonly string[];
  readonly sql?: boolean;
}

export async function run(
  { out, domains, environment }: Context,
  { schema, sql }: Options,
  [from = '', to = '']: readonly string[],
): Promise<Outcome> {
  const schemas = schema ?? domains.map((domain) => domain.schema);
  const diff = await diffDatabases(target('<from>', from, environment), target('<to>', to, environment), schemas);
  if (!out.json) show(out, diff, sql === true);
  const differs = diff.differences.length > 0;
  const { differences, statements, why } = diff;
  return {
    exit: differs ? EXIT.no : EXIT.ok,
    code: differs ? 'DB_DIFFERENT' : 'OK',
    domains: [],
    extra: { from: diff.from, to: diff.to, schemas, differences, statements, why },
  };
}

/** A URL, or the name of a variable that holds one: then no password stands in the shell's history. */
function target(argument: string, text: string, environment: Context['environment']): Target {
  const named = /^[A-Za-z_]\w*$/.test(text) ? environment[text] : text;
  if (named === undefined)
    throw new DbError('DB_USAGE', { why: `${argument}: expected a URL or a variable that holds one, got ${text}` });
  return parseTarget(named, named === text ? argument : text);
}

function show(out: Output, diff: DatabaseDiff, onlySql: boolean): void {
  const { from, to, schemas, differences, statements, why } = diff;
  if (!onlySql) {
    const isSame = differences.length === 0;
    out.data(
      `${isSame ? out.paint('green', 'equal') : out.paint('red', 'different')}: ${schemas.join(', ')} of ${from} and of ${to}`,
    );
    for (const line of lines(differences)) out.data(`  ${line}`);
    if (!isSame) out.data('');
  }
  if (statements === null) out.talk(`no SQL: ${why}`);
  if (statements === null || statements.length === 0) return;
  if (!onlySql) out.data(`-- ${from} becomes as ${to}:`);
  for (const { sql, losesData } of statements) out.data(`${sql};${losesData ? ' -- data is lost' : ''}`);
}

/** What belongs to a table that only one side has is counted with it. */
function lines(differences: readonly DriftDifference[]): readonly string[] {
  return differences
    .filter(({ partOf }) => partOf === null)
    .flatMap((difference) => {
      const parts = differences.filter(({ partOf }) => partOf === difference.object);
      const [title = '', ...rest] = describeDifference(difference, parts);
      return [title.replace(/^\w+/, WORDS[difference.state]), ...rest.map(sides)];
    });
}

const WORDS: Readonly<Record<DriftDifference['state'], string>> = {
  missing: 'only in the first:',
  unexpected: 'only in the second:',
  changed: 'different:',
};

function sides(line: string): string {
  return line.replace(/^ {2}expected /, '  first  ').replace(/^ {2}live {4} /, '  second ');
}
