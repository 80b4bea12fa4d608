import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import type { AllowedEdit } from '../config/edits.ts';
import { type Base, filesAtFork, filesAtTip, isContentOf } from './base.ts';
import { type CheckFinding, finding } from './finding.ts';
import type { CommittedFile } from './git.ts';

const KEPT = new Set(['migration.sql', 'down.sql', 'snapshot.json']);

/** Files of a history that are on the base branch, and here are gone or have another text. Those of `replaced` migrations may go: a
 *  baseline stands for them. */
export async function changedFiles(
  domain: DomainConfig,
  root: string,
  base: Base,
  replaced: ReadonlySet<string>,
): Promise<readonly CheckFinding[]> {
  const there = [...(await filesAtFork(base, domain.migrations)).values()];
  const files = there.filter((file) => isKept(file) && !replaced.has(file.path.split('/').at(-2) ?? ''));
  return files.flatMap((file) => {
    const state = stateOf(join(root, file.path), file);
    if (state === 'same' || isAllowed(domain.edits ?? [], file.path)) return [];
    const what = state === 'missing' ? 'is gone' : state === 'edited' ? 'was edited' : 'cannot be read';
    return [
      finding(
        `${file.path} ${what}; it is on ${base.ref}, so it may be applied: restore it (\`git checkout ${base.ref} -- <file>\`) and write a new migration`,
      ),
    ];
  });
}

const isKept = ({ path }: CommittedFile) => KEPT.has(path.split('/').at(-1) ?? '');

function stateOf(path: string, { object }: CommittedFile): 'same' | 'edited' | 'missing' | 'unreadable' {
  try {
    return isContentOf(readFileSync(path), object) ? 'same' : 'edited';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'missing' : 'unreadable';
  }
}

/** `*` in a pattern stands for any part of a path. */
function isAllowed(edits: readonly AllowedEdit[], path: string): boolean {
  return edits.some(({ file }) => {
    const pattern = file.split('*').map((part) => part.replaceAll(/[^\w/-]/g, '\\$&'));
    return new RegExp(`^(?:.*/)?${pattern.join('.*')}$`).test(path);
  });
}

/** Names of the migrations that the base branch has at a moment. */
export async function namesOnBase(
  domain: DomainConfig,
  base: Base,
  when: 'fork' | 'tip',
): Promise<ReadonlySet<string>> {
  const files = await (when === 'fork' ? filesAtFork : filesAtTip)(base, domain.migrations);
  const names = [...files.keys()]
    .filter((path) => path.endsWith('/migration.sql'))
    .map((path) => path.split('/').at(-2) ?? '');
  return new Set(names);
}

/** A text of a migration at the tip of the base branch. Undefined: it has none. */
export async function textAtTip(
  domain: DomainConfig,
  base: Base,
  name: string,
  file: string,
): Promise<string | undefined> {
  const found = (await filesAtTip(base, domain.migrations)).get(`${domain.migrations}/${name}/${file}`);
  return found === undefined ? undefined : await base.repository.textOf(found.object);
}
