import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package and those that use it. */
export interface PackagesAround {
  /** The folder of the workspace; the package's own where it lies in none. */
  readonly workspace: string;
  /** Folders: the package itself, then each that names it among its dependencies. */
  readonly packages: readonly string[];
}

/** Neither sources nor members of a workspace; the workspace's own package is the root of all. */
const isPassedOver = (path: string) =>
  /(?:^|[/\\])(?:node_modules|dist|coverage|tests?|fixtures|\.[^/\\]+)$/.test(path);

/** Finds the package that a folder lies in, and the packages and apps of its pnpm, npm or yarn workspace that depend on it, also by way of
 *  others, wherever they lie. */
export function packagesAround(folder: string): PackagesAround {
  const own = above(folder, (at) => existsSync(join(at, 'package.json'))) ?? folder;
  const workspace = above(dirname(own), isWorkspace) ?? own;
  const open = globSync('*/**/package.json', { cwd: workspace, exclude: isPassedOver })
    .map((file) => dirname(join(workspace, file)))
    .filter((at) => at !== own)
    .map((at) => ({ at, ...manifest(at) }));
  const found = new Set<string>();
  const visit = (name: string | undefined) => {
    if (name === undefined) return;
    for (const one of open) {
      if (found.has(one.at) || !dependsOn(one, name)) continue;
      found.add(one.at);
      visit(one.name);
    }
  };
  visit(manifest(own).name);
  return { workspace, packages: [own, ...[...found].sort()] };
}

interface PackageManifest {
  readonly name?: string;
  readonly workspaces?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): PackageManifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    // None, or a template of one: nothing is installed from it.
    return {};
  }
}

function dependsOn(of: PackageManifest, name: string): boolean {
  return [of.dependencies, of.devDependencies, of.peerDependencies].some((list) => list?.[name] !== undefined);
}

function isWorkspace(folder: string): boolean {
  return existsSync(join(folder, 'pnpm-workspace.yaml')) || manifest(folder).workspaces !== undefined;
}

function above(folder: string, is: (folder: string) => boolean): string | undefined {
  if (is(folder)) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : above(parent, is);
}
