import { UNSAID_PURPOSE } from '../files/unsaid-purpose.ts';
import type { DraftFile } from '../online/plan-online.ts';
import type { Losses } from './losses.ts';
import type { WayBack } from './way-back.ts';

export interface FileFacts {
  /** As words, without a stop. */
  readonly title: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** One line. NULL: it was not proven. */
  readonly proof: string | null;
}

export interface DownFacts extends FileFacts {
  /** What of the rows is not as before, though nothing is lost: the way up has changed it. */
  readonly kept?: readonly string[];
}

/** The text of a migration.sql. `objects`: statements that came from the catalog diff. Pure. */
export function migrationText(
  file: DraftFile,
  objects: ReadonlySet<string>,
  { title, date, proof }: FileFacts,
): string {
  const firstObject = file.statements.findIndex((statement) => objects.has(statement));
  const parts = file.statements.map((statement, at) => `${at === firstObject ? '-- objects\n' : ''}${statement};`);
  const words = [
    ...(file.noTransaction ? ['no-transaction'] : []),
    ...(file.inBatches ? ['in-batches'] : []),
    ...(file.contract ? ['contract'] : []),
    ...file.afterBackfill.map((name) => `after-backfill ${name}`),
    ...Object.entries(file.allow).map(([code, why]) => `allow ${code}: ${why}`),
  ];
  return text(
    [
      `${title}.`,
      `Purpose: ${UNSAID_PURPOSE}`,
      `Date: ${date}`,
      ...(proof === null ? [] : [`Proof: ${proof}`]),
      ...words.map((word) => `db: ${word}`),
    ],
    parts,
  );
}

/** The way back of what changed rows only: a file must have a statement. */
const NOTHING = "SELECT 'the catalog is as it was before'";

/** The text of a down.sql. `losses`: what goes with the way back; `empty`: what the way up has dropped, which comes back empty. Pure. */
export function downText(way: WayBack, losses: Losses, empty: Losses, facts: DownFacts): string {
  const { title, date, kept = [] } = facts;
  const notes = [
    `Loses: ${losses.gone.length === 0 ? 'nothing' : losses.gone.join(', ')}.`,
    ...(losses.enumValues.length === 0 ? [] : [`Stops where a row still holds ${losses.enumValues.join(' or ')}.`]),
    ...(empty.gone.length === 0 ? [] : [`Comes back empty, because the way up drops it: ${empty.gone.join(', ')}.`]),
    ...(kept.length === 0 ? [] : [`Stays as the way up made it: ${kept.join(', ')}.`]),
  ];
  const header = [`Undo: ${title}.`, ...notes, `Date: ${date}`];
  if (way.irreversible === null) {
    const statements = way.statements.length === 0 ? [NOTHING] : way.statements;
    return text(
      [
        ...header,
        ...(way.noTransaction ? ['db: no-transaction'] : []),
        ...(way.inBatches === true ? ['db: in-batches'] : []),
      ],
      statements.map((statement) => `${statement};`),
    );
  }
  const [why = '', ...rest] = way.irreversible.split('\n');
  const tried = way.statements.flatMap((statement) => `${statement};`.split('\n'));
  // The reason often ends with the statement that failed.
  const told = new Set(tried.map(bare));
  const attempt = [...rest.filter((line) => !told.has(bare(line))), ...tried];
  const asComment = [
    'What the catalog diff would do, to be completed by hand:',
    ...attempt.map((line) => `  ${line.trimEnd()}`),
  ];
  return text([...header, `db: irreversible: ${why}`], attempt.length === 0 ? [] : [asComment.map(comment).join('\n')]);
}

function text(header: readonly string[], parts: readonly string[]): string {
  const body = parts.join('\n--> statement-breakpoint\n');
  return `${header.map(comment).join('\n')}\n${body === '' ? '' : `\n${body}\n`}`;
}

const bare = (line: string) => line.trim().replace(/;$/, '');

function comment(line: string): string {
  // An engine word in a quoted statement would be read as one.
  return `-- ${line}`
    .replace(/^-- +db:(?= )(?! (?:no-transaction|in-batches|contract|irreversible|after-backfill|allow))/, '-- db :')
    .trimEnd();
}
