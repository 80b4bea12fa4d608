import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package and those that use it. */
export interface PackagesAround {
  /** The folder of the workspace; the package's own where it lies in none. */
  readonly workspace: string;
  /** Folders: the package itself, then each that names it among its dependencies. */
  readonly packages: readonly string[];
}

/** Finds the package that a folder lies in, and the packages and apps of its pnpm, npm or yarn workspace that depend on it. */
export function packagesAround(folder: string): PackagesAround {
  const own = above(folder, (at) => existsSync(join(at, 'package.json'))) ?? folder;
  const workspace = above(dirname(own), isWorkspace) ?? own;
  const { name } = manifest(own);
  const others = globSync('{apps,packages,libs,services,tooling}/{*,*/*}/package.json', {
    cwd: workspace,
    exclude: (path) => path.endsWith('node_modules'),
  })
    .map((file) => dirname(join(workspace, file)))
    .filter((at) => at !== own && name !== undefined && dependsOn(manifest(at), name));
  return { workspace, packages: [own, ...others.sort()] };
}

interface PackageManifest {
  readonly name?: string;
  readonly workspaces?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): PackageManifest {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
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
