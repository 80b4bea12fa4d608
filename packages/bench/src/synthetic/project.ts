import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundleScripts } from '../support/bundle.ts';
import { root } from '../support/root.ts';
import { projectFiles } from './formats.ts';
import type { SyntheticMigration } from './mix.ts';

/** Throwaway projects, one a history, each with every migrator's files and the scripts that run them. */
export interface Projects<Name extends string> extends AsyncDisposable {
  /** Folder of a project; its scripts are in `scripts/`. */
  readonly folder: (name: Name) => string;
}

/** Writes the projects below one temporary folder, which disposing removes. Packages are found as in packages/bench. */
export async function writeProjects<Name extends string>(
  histories: Readonly<Record<Name, readonly SyntheticMigration[]>>,
): Promise<Projects<Name>> {
  await using writing = new AsyncDisposableStack();
  const base = await mkdtemp(join(tmpdir(), 'bench-'));
  writing.defer(() => rm(base, { recursive: true, force: true }));
  await symlink(join(root, 'packages/bench/node_modules'), join(base, 'node_modules'), 'dir');
  await bundleScripts(join(base, 'scripts'));
  for (const [name, migrations] of Object.entries<readonly SyntheticMigration[]>(histories)) {
    for (const { path, text } of projectFiles(migrations)) {
      const file = join(base, name, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await cp(join(base, 'scripts'), join(base, name, 'scripts'), { recursive: true });
  }
  const stack = writing.move();
  return { folder: (name) => join(base, name), [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
