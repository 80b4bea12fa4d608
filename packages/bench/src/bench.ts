import { type Arguments, parseArguments, USAGE } from './arguments.ts';
import { SectionMissing } from './document/replace-section.ts';
import { checkSection, writeSection } from './document/write-section.ts';
import { measureRow } from './harness/measure.ts';
import type { Row } from './harness/row.ts';
import { watchMachine } from './machine.ts';
import type { Output } from './output.ts';
import { renderRow } from './report/render.ts';
import { type RowReport, reportRow } from './report/report.ts';
import { rows } from './rows/index.ts';

/** Whole repetitions that do not count: caches fill, templates are read for the first time. */
const WARM_UPS = 1;
const EXIT = { done: 0, refused: 4, usage: 64 } as const;

/** Measures rows one after the other and reports them. A target that is fallen short of is a result, not a failure.
 *  Returns the exit code: 0 measured, 4 the page has no place for the results (nothing measured), 64 usage. Throws what a variant threw, after closing what it opened. */
export async function bench(argv: readonly string[], output: Output): Promise<number> {
  const parsed = parseArguments(
    argv,
    rows.map(({ id }) => id),
  );
  if (!parsed.ok) {
    output.talk(`${parsed.why}\n\n${USAGE}`);
    return EXIT.usage;
  }
  const options = parsed.value;
  const chosen = rows.filter(({ id }) => options.rows.length === 0 || options.rows.includes(id));
  if (options.help) output.data(USAGE);
  else if (options.list) list(chosen, options.json, output);
  else return await measureAll(chosen, options, output);
  return EXIT.done;
}

function list(chosen: readonly Row[], json: boolean, output: Output): void {
  const listed = chosen.map(({ id, title, target }) => ({ id, title, target }));
  if (json) output.data(JSON.stringify({ version: 1, command: 'bench', ok: true, rows: listed }));
  else for (const { id, title, target } of listed) output.data(`${id}  ${title}: ${target}`);
}

async function measureAll(chosen: readonly Row[], options: Arguments, output: Output): Promise<number> {
  if (options.write) {
    const missing = await placesMissing(chosen);
    for (const { message } of missing) output.talk(message);
    if (missing.length > 0) return EXIT.refused;
  }
  const reports: RowReport[] = [];
  for (const row of chosen) {
    const report = await measureOne(row, options, output);
    const lines = renderRow(report);
    if (options.write) {
      await writeSection(report.id, lines);
      output.talk(`${report.id}: written to docs/performance.md`);
    }
    if (!options.json)
      output.data([`${report.id} · ${report.title}`, `Target: ${report.target}`, '', ...lines, ''].join('\n'));
    reports.push(report);
  }
  if (options.json) output.data(JSON.stringify({ version: 1, command: 'bench', ok: true, rows: reports }));
  return EXIT.done;
}

async function placesMissing(chosen: readonly Row[]): Promise<readonly SectionMissing[]> {
  const checks = await Promise.allSettled(chosen.map(({ id }) => checkSection(id)));
  return checks.flatMap((check) => {
    if (check.status === 'fulfilled') return [];
    if (check.reason instanceof SectionMissing) return [check.reason];
    throw check.reason;
  });
}

async function measureOne(row: Row, { repetitions }: Arguments, output: Output): Promise<RowReport> {
  const machineSince = watchMachine();
  const rounds = { repetitions, warmUps: WARM_UPS };
  const measurement = await measureRow(row, { ...rounds, onProgress: (line) => output.talk(line) });
  const date = new Date().toISOString().slice(0, 10);
  return reportRow(row, measurement, { ...rounds, date, machine: machineSince() });
}
