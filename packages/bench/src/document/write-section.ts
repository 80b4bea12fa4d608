import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/root.ts';
import { replaceSection } from './replace-section.ts';

const path = join(root, 'docs/performance.md');

/** Makes sure that the page has a place for the row, before anything is measured for it. @throws {SectionMissing} */
export async function checkSection(id: string): Promise<void> {
  replaceSection(await readFile(path, 'utf8'), id, []);
}

/** Rewrites one row's results in docs/performance.md, nothing else. @throws {SectionMissing} */
export async function writeSection(id: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, replaceSection(await readFile(path, 'utf8'), id, lines));
}
