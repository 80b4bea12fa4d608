import type { Session } from '../connect/session.ts';
import type { OnlineNote } from '../online/context.ts';
import type { DraftFile } from '../online/plan-online.ts';
import { parseSql } from '../sql/parse.ts';
import { describeNotAnswered } from './describe.ts';
import type { PendingFile } from './find-requirements.ts';
import { prepareQuestions } from './preflight.ts';

/** What the rows of a database say to a draft that is not written yet: a note for each kind of row in its way, with some keys and a
 *  repair. Only reads; each question has a time limit. */
export async function askForDraft(
  session: Session,
  schema: string,
  files: readonly DraftFile[],
): Promise<readonly OnlineNote[]> {
  const { atStart } = await prepareQuestions(session, schema, files.map(asPending));
  const { inTheWay, notAnswered } = await atStart();
  return [
    ...inTheWay.map(({ what, rows, keys, repair }) => ({
      statement: what,
      why: `${rows} ${rows === 1 ? 'row is' : 'rows are'} in the way (${keys.join('; ')}${keys.length < rows ? '; …' : ''})`,
      fix: repair,
    })),
    ...notAnswered.map((one) => ({
      statement: one.what,
      why: 'rows may be in the way',
      fix: describeNotAnswered(one),
    })),
  ];
}

function asPending({ afterBackfill, statements }: DraftFile, number: number): PendingFile {
  const sql = statements.map((statement) => `${statement};`).join('\n');
  const parsed = parseSql(sql);
  const name = `file ${number + 1}`;
  return { name, path: name, sql, header: { afterBackfill }, statements: parsed.ok ? parsed.statements : [] };
}
