import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { folderUnwritable, type KeptFolder } from '../kept/kept-folder.ts';
import { damaged } from '../kept/state.ts';
import { say } from '../say.ts';
import { isCluster } from './cluster.ts';
import { canEnter, defaultRunner, type Runner } from './runner.ts';

/** Where data goes that Postgres' user cannot reach in the folder itself: where systems keep state, and never tidy up. */
const ELSEWHERE = ['/var/lib', '/var/tmp'];

/** Where the data of a persisted folder is, and as whom to run on it. */
export interface DataPlace {
  /** As kept in the folder's memory. */
  place: string;
  data: string;
  runner: Runner;
}

/** Finds the data of an earlier start, or chooses where it shall be: in the folder; elsewhere if we are root and the
 *  folder lies below one that only root may enter. @throws {LocalPostgresError} LP_FOLDER_UNWRITABLE, LP_FOLDER_DAMAGED */
export function dataPlace(kept: KeptFolder, tell: (line: string) => void = say): DataPlace {
  const place = kept.state?.place ?? newPlace(kept.folder, tell);
  const data = isAbsolute(place) ? place : join(kept.folder, place);
  if (kept.state === undefined) return { place, data, runner: defaultRunner() };
  if (!existsSync(data) && isCluster(unfinishedFolder(data))) renameSync(unfinishedFolder(data), data);
  if (!existsSync(data)) throw damaged(kept.folder, `no data at ${data}`);
  const runner = ownerOf(data);
  if (!isCluster(data)) throw damaged(kept.folder, `something that is not a cluster at ${data}`);
  // Postgres refuses data that others may read, as a plain copy leaves it.
  chmodSync(data, 0o700);
  if (!canEnter(runner, data))
    throw folderUnwritable(data, `a folder that uid ${runner.ids?.uid}, as which Postgres runs, cannot enter`);
  return { place, data, runner };
}

/** Where a cluster lies until initdb is done with it and the folder remembers its password. */
export const unfinishedFolder = (data: string): string => `${data}.unfinished`;

function newPlace(folder: string, tell: (line: string) => void): string {
  if (existsSync(join(folder, 'data'))) throw damaged(folder, 'data without the server.json that belongs to it');
  if (canEnter(defaultRunner(), folder)) return readyFor(folder, 'data');
  const parent = ELSEWHERE.find((path) => existsSync(path) && canEnter(defaultRunner(), path));
  if (parent === undefined)
    throw folderUnwritable(folder, 'a folder that Postgres cannot enter, with no other place for its data');
  const home = join(parent, 'local-postgres');
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o755);
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  // a folder that was deleted and made again gets new data; the old stays for whoever misses it
  const place = join(home, existsSync(join(home, hash)) ? `${hash}-${randomBytes(4).toString('hex')}` : hash);
  tell(`only root may enter ${folder}, and Postgres does not run as root: the data is kept in ${place}`);
  return readyFor(folder, place);
}

/** Clears what a start left that died in the middle of initdb. */
function readyFor(folder: string, place: string): string {
  rmSync(unfinishedFolder(isAbsolute(place) ? place : join(folder, place)), { recursive: true, force: true });
  return place;
}

/** Data belongs to whom it was made by: root runs Postgres as that user, and gives data that root copied to nobody. */
function ownerOf(data: string): Runner {
  const { uid, gid } = statSync(data);
  const self = process.getuid?.();
  if (self === undefined || (uid === self && self !== 0)) return { ids: undefined };
  if (self !== 0) throw folderUnwritable(data, `data that belongs to uid ${uid}, while we are uid ${self}`);
  if (uid !== 0) return { ids: { uid, gid } };
  const runner = defaultRunner();
  if (runner.ids !== undefined) giveAll(data, runner.ids.uid, runner.ids.gid);
  return runner;
}

function giveAll(folder: string, uid: number, gid: number): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, name), uid, gid);
  chownSync(folder, uid, gid);
}
