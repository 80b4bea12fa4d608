import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment } from '../connect/urls.ts';

const run = promisify(execFile);

/** A file of a commit. */
export interface CommittedFile {
  /** Relative to the folder that was asked about, with `/`. */
  readonly path: string;
  /** The object that git keeps its content under. */
  readonly object: string;
}

/** Questions to the repository that a folder lies in. Undefined: git is not here, or the folder is in no repository. */
export interface Repository {
  /** Absolute; what it was opened for. Paths are relative to it. */
  readonly folder: string;
  /** Of the working tree, absolute. */
  readonly top: string;
  readonly isShallow: boolean;
  /** The commit that a name stands for. Undefined: there is none. */
  commit(name: string): Promise<string | undefined>;
  /** The branch that `origin` calls its own. Undefined: it does not say. */
  remoteHead(): Promise<string | undefined>;
  /** The newest commit that both have. Undefined: none, or it was not fetched. */
  mergeBase(a: string, b: string): Promise<string | undefined>;
  /** Every file of a commit below a folder. */
  filesOf(commit: string, folder: string): Promise<readonly CommittedFile[]>;
  /** Content of an object, as text. */
  textOf(object: string): Promise<string>;
}

const BYTES_MAX = 64 * 1024 * 1024;

/** Opens the repository of a folder. Inside a hook git tells its children where it works; every question here is about the folder
 *  alone, so that is left out of `environment`. */
export async function openRepository(folder: string, environment: Environment): Promise<Repository | undefined> {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));
  const options = { maxBuffer: BYTES_MAX, encoding: 'utf8', env } as const;
  const git = async (...args: readonly string[]) => (await run('git', ['-C', folder, ...args], options)).stdout;
  const line = async (...args: readonly string[]) => {
    const answer = await git(...args).catch(() => '');
    return answer.trim() || undefined;
  };
  const [isShallow, top] = (await line('rev-parse', '--is-shallow-repository', '--show-toplevel'))?.split('\n') ?? [];
  if (isShallow === undefined || top === undefined) return undefined;
  return {
    folder,
    top,
    isShallow: isShallow === 'true',
    commit: (name) => line('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`),
    remoteHead: () => line('symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'),
    mergeBase: (a, b) => line('merge-base', a, b),
    filesOf: async (commit, below) => parseTree(await git('ls-tree', '-r', '-z', commit, '--', below)),
    textOf: (object) => git('cat-file', 'blob', object),
  };
}

/** `<mode> blob <object>\t<path>`, each ended by a NUL; paths are relative to where git was asked. */
function parseTree(text: string): readonly CommittedFile[] {
  return text
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [facts = '', path = ''] = entry.split('\t');
      return { path, object: facts.split(' ').at(-1) ?? '' };
    });
}
