import { createHash } from 'node:crypto';
import type { Environment } from '../connect/urls.ts';
import { type CommittedFile, openRepository, type Repository } from './git.ts';

/** What the base branch has of some folders. */
export interface Base {
  readonly ok: true;
  readonly repository: Repository;
  /** The branch, as it was found or given. */
  readonly ref: string;
  /** Where this branch left it: what was there must be here, unchanged. */
  readonly fork: string;
  /** Its newest commit. */
  readonly tip: string;
}

/** Why there is nothing to compare with. */
export interface NoBase {
  readonly ok: false;
  readonly why: string;
  readonly fix: string;
}

const USUAL = ['origin/main', 'origin/master', 'main', 'master'];

/** Finds the base branch: the one that is named, else the one `origin` calls its own, else main or master. It never guesses: what
 *  cannot be known is an answer of its own. */
export async function findBase(folder: string, environment: Environment, wanted?: string): Promise<Base | NoBase> {
  const repository = await openRepository(folder, environment);
  if (repository === undefined)
    return no('this is no git repository, or git is not installed', 'pass --no-base to go without');
  const names = wanted === undefined ? [await repository.remoteHead(), ...USUAL] : [wanted, `origin/${wanted}`];
  for (const ref of names) {
    const tip = ref === undefined ? undefined : await repository.commit(ref);
    if (ref === undefined || tip === undefined) continue;
    const head = await repository.commit('HEAD');
    const fork = head === undefined ? undefined : await repository.mergeBase(head, tip);
    if (fork !== undefined) return { ok: true, repository, ref, fork, tip };
    const why = repository.isShallow ? 'the clone is shallow' : 'no commit is in both';
    return no(`${ref} cannot be compared with: ${why}`, 'fetch it whole (`fetch-depth: 0` in actions/checkout)');
  }
  const tried = wanted === undefined ? `origin's own branch, ${USUAL.join(', ')}` : wanted;
  return no(`there is no base branch: looked for ${tried}`, 'name it with --base <ref>, fetch it, or pass --no-base');
}

const no = (why: string, fix: string): NoBase => ({ ok: false, why, fix });

/** The files of a folder where this branch left its base, by path. */
export async function filesAtFork(base: Base, folder: string): Promise<ReadonlyMap<string, CommittedFile>> {
  return byPath(await base.repository.filesOf(base.fork, folder));
}

/** The files of a folder at the tip of the base branch, by path. */
export async function filesAtTip(base: Base, folder: string): Promise<ReadonlyMap<string, CommittedFile>> {
  return byPath(await base.repository.filesOf(base.tip, folder));
}

const byPath = (files: readonly CommittedFile[]) => new Map(files.map((file) => [file.path, file]));

/** True where git would keep this content under that object, with the line ends of whichever system. */
export function isContentOf(content: Buffer, object: string): boolean {
  const algorithm = object.length === 64 ? 'sha256' : 'sha1';
  const lf = Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return [content, lf].some((bytes) => {
    const hash = createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes);
    return hash.digest('hex') === object;
  });
}
