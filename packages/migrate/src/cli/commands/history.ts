import type { Session } from '../../connect/session.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { DbError } from '../../errors/db-error.ts';
import { historyPresence } from '../../history/ensure.ts';
import { type JournalEntry, readJournal } from '../../seeing/read-journal.ts';
import type { Context, Outcome } from '../command.ts';
import { onSession } from '../on-session.ts';
import { renderTable } from '../table.ts';

export async function run(
  { out, domains, target, finished }: Context,
  options: { readonly limit: string },
): Promise<Outcome> {
  const limit = parseLimit(options.limit);
  const targets = domains.map((domain) => ({ domain, target: target(domain) }));
  for (const { domain, target } of targets) {
    // One more than is shown tells whether there are more.
    const read = async (session: Session) =>
      (await historyPresence(session)) === 'present' ? await readJournal(session, domain.name, limit + 1) : [];
    const found = await onSession(target, { app: `db history ${domain.name}`, readOnly: true }, read);
    const entries = found.slice(0, limit);
    const older = found.length > limit;
    finished.push({ domain: domain.name, target: target.label, entries, older });
    if (out.json) continue;
    out.data(`${out.paint('bold', domain.name)} → ${target.label}`);
    out.data(
      entries.length === 0
        ? 'nothing has been done here yet'
        : renderTable(HEADER, entries.map(row), { columns: out.columns, mayGo: ['version', 'by', 'more', 'ms'] }),
    );
    if (older) out.talk(`… older entries: --limit ${Math.min(limit * 5, LIMIT_MAX)}`);
    out.data('');
  }
  return { exit: EXIT.ok, code: 'OK', domains: finished };
}

const HEADER = ['at (UTC)', 'what', 'event', 'by', 'ms', 'version', 'more'];

function row({ at, name, event, by, durationMs, appVersion, outcome, detail }: JournalEntry): readonly string[] {
  const { rows, code, ...more } = detail;
  const end = outcome ?? code ?? (rows === undefined ? undefined : countOf(Number(rows), 'row'));
  const facts = Object.entries(more).filter(([, value]) => value !== null && value !== false);
  return [
    at.toISOString().slice(0, 19).replace('T', ' '),
    name === '*' ? 'run' : name,
    end === undefined ? event : `${event} (${end})`,
    by,
    String(durationMs ?? ''),
    appVersion ?? '',
    facts.map(([key, value]) => (value === true ? key : `${key} ${value}`)).join(', '),
  ];
}

const LIMIT_MAX = 100_000;

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new DbError('DB_USAGE', { why: `--limit: expected a whole number from 1 to ${LIMIT_MAX}, got ${text}` });
}
