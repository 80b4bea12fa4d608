import type { Session } from '../../connect/session.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { refuseProduction } from '../../history/production.ts';
import type { Context, Outcome } from '../command.ts';
import { onSession } from '../on-session.ts';
import { renderTable } from '../table.ts';

interface Options {
  readonly demo?: boolean;
  readonly rows: string;
  readonly confirm?: string;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, finished } = context;
  const rows = parseRows(options.rows);
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  if (options.demo === true) {
    // Every database is asked before the first row is written.
    for (const { target } of targets) {
      const ask = (session: Session) => refuseProduction(session, 'seed --demo', options.confirm);
      await onSession(target, { app: 'db seed', readOnly: true }, ask);
    }
  }
  for (const { domain, target } of targets) {
    out.talk(`${out.paintTalk('bold', domain.name)} → ${target.label}`);
    const { seed } = await domain.load();
    const onProgress = (table: string, done: number, total: number) =>
      out.progress(`  ${domain.name}.${table}`, { done, total });
    const { reference, demo } = await onSession(target, { app: `db seed ${domain.name}` }, async ({ sql }) => ({
      reference: await seed.reference(sql),
      demo: options.demo === true ? await seed.demo(sql, { rows, onProgress }) : [],
    }));
    finished.push({ domain: domain.name, target: target.label, reference, demo });
    if (out.json) continue;
    const lines = [
      ...reference.map((count) => ({ ...count, kind: 'reference' })),
      ...demo.map((count) => ({ ...count, kind: 'demo' })),
    ];
    if (lines.length === 0) out.data(`${domain.name}: no reference rows`);
    else
      out.data(
        renderTable(
          ['table', 'kind', 'rows', 'inserted'],
          lines.map((line) => [`${domain.name}.${line.table}`, line.kind, String(line.rows), String(line.inserted)]),
          out,
        ),
      );
  }
  return { exit: EXIT.ok, code: 'OK', domains: finished };
}

function parseRows(text: string): number {
  const rows = /^[\d,_]+$/.test(text) ? Number(text.replaceAll(/[,_]/g, '')) : 0;
  if (rows >= 1 && rows <= 1_000_000) return rows;
  throw new DbError('DB_USAGE', { why: `--rows: expected a whole number from 1 to 1,000,000, got ${text}` });
}
