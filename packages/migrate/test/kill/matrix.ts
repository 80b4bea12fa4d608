import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOMENTS, POINTS } from './moments.ts';
import { type Cut, KINDS } from './plan-cuts.ts';

const PAGE = join(import.meta.dirname, '../../../../docs/reliability.md');
const HELD = 'waiting for an old transaction';

/** Counts cuts by where they were and who died. */
export interface Matrix {
  tried(cut: Cut): void;
  survived(cut: Cut): void;
  /** As a Markdown table: survived of tried. */
  print(): string;
  totals(): { readonly tried: number; readonly survived: number };
}

export function createMatrix(): Matrix {
  const tried = new Map<string, number>();
  const survived = new Map<string, number>();
  const add = (counts: Map<string, number>, cut: Cut) => {
    for (const key of [`${rowOf(cut)} | ${cut.kind}`, cut.kind]) counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  const cell = (key: string) => (tried.has(key) ? `${survived.get(key) ?? 0} of ${tried.get(key)}` : '–');
  const total = (counts: Map<string, number>) => KINDS.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);
  return {
    tried: (cut) => add(tried, cut),
    survived: (cut) => add(survived, cut),
    totals: () => ({ tried: total(tried), survived: total(survived) }),
    print: () => {
      const names = [...MOMENTS.flatMap((moment) => POINTS.map((point) => `${moment}: ${point}`)), ...heldRows(tried)];
      const used = names.filter((name) => KINDS.some((kind) => tried.has(`${name} | ${kind}`)));
      const line = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(' | ')} |`;
      return [
        line('the cut is at', KINDS),
        `| --- |${' ---: |'.repeat(KINDS.length)}`,
        ...used.map((name) =>
          line(
            name,
            KINDS.map((kind) => cell(`${name} | ${kind}`)),
          ),
        ),
        line(
          '**all**',
          KINDS.map((kind) => `**${cell(kind)}**`),
        ),
      ].join('\n');
    },
  };
}

/** Replaces what stands between the markers of docs/reliability.md. */
export async function writeMatrices(text: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const marked = /(<!-- matrix:begin[^>]*-->\n).*(<!-- matrix:end -->)/s;
  if (!marked.test(page)) throw new Error('docs/reliability.md has no markers');
  await writeFile(
    PAGE,
    page.replace(marked, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`),
  );
}

function rowOf(cut: Cut): string {
  if (cut.of === 'message') return `${cut.moment}: ${cut.point}`;
  const what = cut.statement.includes('DETACH')
    ? 'DETACH PARTITION CONCURRENTLY'
    : cut.statement.replace(/ (shop\.)?orders.*/, '');
  return `${what}: ${HELD}`;
}

function heldRows(tried: ReadonlyMap<string, number>): readonly string[] {
  const rows = [...tried.keys()].filter((key) => key.includes(HELD)).map((key) => key.split(' | ')[0] ?? '');
  return [...new Set(rows)].sort();
}
