import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type * as TypeScript from 'typescript-5';
import { DbError } from '../errors/db-error.ts';
import { packagesAround } from './packages-around.ts';

/** The module as Node gives it: what it exports is its `default`. */
export type Compiler = (typeof TypeScript)['default'];

/** The sources of a workspace, with their types. */
export interface SourceProgram {
  readonly ts: Compiler;
  readonly checker: TypeScript.TypeChecker;
  /** Without tests, which no build ships, and without data steps, which run before the contract. */
  readonly files: readonly TypeScript.SourceFile[];
  /** Folder that paths are shown from. */
  readonly workspace: string;
}

const SOURCES = '**/*.{ts,tsx,mts,cts}';
/** What no build ships, and data steps, which run before the contract. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage', '.turbo', '.data', 'test', 'tests', 'backfills']);

/** Reads the package that `folder` lies in, and every package and app of its workspace that depends on it. TypeScript 5 is loaded here and
 *  nowhere else: 7 has no interface for programs yet.
 *  @throws {DbError} DB_DEVELOPMENT_ONLY where it is not installed */
export async function openSources(folder: string): Promise<SourceProgram> {
  const ts = await load();
  const { workspace, packages } = packagesAround(folder);
  const exclude = (path: string) => PASSED_OVER.has(path.split(/[/\\]/).at(-1) ?? '');
  const files = packages.flatMap((at) =>
    globSync(SOURCES, { cwd: at, exclude })
      .filter((name) => !/\.(?:test|spec|d)\.[cm]?tsx?$/.test(name))
      // As the compiler writes paths, on Windows, too.
      .map((name) => join(at, name).replaceAll('\\', '/')),
  );
  const program = ts.createProgram(files, optionsOf(ts, workspace));
  const own = new Set(files);
  return {
    ts,
    checker: program.getTypeChecker(),
    files: program.getSourceFiles().filter(({ fileName }) => own.has(fileName)),
    workspace,
  };
}

async function load(): Promise<Compiler> {
  try {
    const module = await import('typescript-5');
    return module.default;
  } catch (cause) {
    throw new DbError('DB_DEVELOPMENT_ONLY', { why: 'typescript-5 is not installed' }, { cause });
  }
}

function optionsOf(ts: Compiler, workspace: string): TypeScript.CompilerOptions {
  const [file] = globSync('tsconfig.base.json', { cwd: workspace });
  const text = file === undefined ? '{}' : readFileSync(join(workspace, file), 'utf8');
  const { config } = ts.parseConfigFileTextToJson('tsconfig.base.json', text) as {
    config?: { compilerOptions?: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, workspace);
  return {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    ...options,
    // Types that are not installed here are no matter of ours.
    types: [],
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  };
}

/** `apps/x/src/y.ts:12`, from the workspace. */
export function placeOf(
  { workspace }: SourceProgram,
  node: TypeScript.Node,
): { readonly file: string; readonly line: number } {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return { file: relative(workspace, file.fileName).replaceAll('\\', '/'), line: line + 1 };
}
