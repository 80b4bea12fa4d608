import type { AdoptReport } from '../adopt/report.ts';
import { countOf } from '../errors/count-of.ts';
import type { Output } from './output.ts';

/** Prints a plan or an outcome: what differs, what is kept, what waits, what is asked. */
export function showAdoption(out: Output, report: AdoptReport): void {
  const { domain, target, fromSchema, schema, outcome } = report;
  out.data(`${out.paint('bold', domain)} → ${target}: ${fromSchema} → ${schema}, ${outcome}`);
  if (outcome === 'nothing to do') return;
  showObjects(out, report);
  list(
    out,
    'kept',
    report.retained.map(({ object, why }) => `${object}: ${why}`),
  );
  list(out, 'not of this domain, left alone', report.unmanaged);
  list(
    out,
    'waits for --finish',
    report.waiting.map(({ object, why, rows }) => `${object}: ${why}${counted(rows)}`),
  );
  list(
    out,
    'data steps',
    report.dataSteps.map(({ name, done, rows }) => `${name}: ${done ? 'done' : 'not done'}${counted(rows)}`),
  );
  list(out, 'history', [
    `${countOf(report.adopted.length, 'migration')} counted as applied${report.adopted.length === 0 ? '' : `, up to ${report.adopted.at(-1)}`}`,
    ...report.pending.map((name) => `then pending: ${name}`),
  ]);
  list(out, 'ledgers of other tools, left as they are', report.ledgers.map(ledgerLine));
  list(out, 'note', report.notes);
  if (outcome === 'shown') {
    list(out, 'sessions in this database', report.sessions);
    showSteps(out, report);
  }
  list(
    out,
    'questions',
    report.questions.map(
      ({ id, asks, answers, lossless }) =>
        `"${id}": ${asks}; answers: ${answers.join(', ')}${lossless === null ? '' : `; --yes takes ${lossless}`}`,
    ),
  );
}

function ledgerLine({ tool, table, rows, matched, unknown }: AdoptReport['ledgers'][number]): string {
  return `${tool} ${table}: ${countOf(rows, 'row')}, ${matched.length} of ours${unknown.length === 0 ? '' : `, ${unknown.length} unknown`}`;
}

function showObjects(out: Output, { objects }: AdoptReport): void {
  const same = objects.filter(({ state }) => state === 'same').length;
  if (objects.length > 0) out.data(`  declared objects: ${objects.length}, ${same} the same`);
  for (const { object, state, how } of objects)
    if (state !== 'same') out.data(`    ${state.padEnd(8)} ${object}${how === null ? '' : `: ${firstLine(how)}`}`);
}

function showSteps(out: Output, { steps }: AdoptReport): void {
  const inside = steps.filter(({ inTransaction }) => inTransaction);
  const ms = inside.reduce((sum, step) => sum + step.ms, 0);
  out.data(`  in one transaction, about ${ms} ms:`);
  for (const step of inside) out.data(`    ${stepLine(step)}`);
  const later = steps.filter(({ inTransaction }) => !inTransaction);
  if (later.length > 0) out.data('  then, one by one, beside the application:');
  for (const step of later) out.data(`    ${stepLine(step)}`);
}

function stepLine({ sql, lock, ms }: AdoptReport['steps'][number]): string {
  return `${firstLine(sql)}  [${lock ?? 'no strong lock'}, ~${ms} ms]`;
}

function list(out: Output, title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  out.data(`  ${title}:`);
  for (const line of lines) out.data(`    ${line}`);
}

function counted(rows: number | null): string {
  return rows === null || rows === 0 ? '' : ` (${countOf(rows, 'row')})`;
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
