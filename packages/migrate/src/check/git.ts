import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

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
  /** Absolute. */
  readonly folder: string;
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

/** Opens the repository of a folder; every question runs `git`, with nothing of the user's own set-up that could change an answer. */
export async function openRepository(folder: string): Promise<Repository | undefined> {
  const git = async (...args: readonly string[]) =>
    (await run('git', ['-C', folder, ...args], { maxBuffer: BYTES_MAX, encoding: 'utf8' })).stdout;
  const line = async (...args: readonly string[]) => {
    const answer = await git(...args).catch(() => '');
    return answer.trim() || undefined;
  };
  const isShallow = await line('rev-parse', '--is-shallow-repository');
  if (isShallow === undefined) return undefined;
  return {
    folder,
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
