import { randomBytes } from 'node:crypto';
import { machineTag } from './machine.ts';
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.ts';

const shape =
  /^(?<prefix>[a-z0-9_]+)_(?<tag>[0-9a-f]{6})_(?<pid>[0-9a-z]+)_(?<started>[0-9a-z]+)_(?<made>[0-9a-z]+)_[0-9a-f]{8}$/;

/** What the name of a thing says about the process that made it. */
export interface OwnedName {
  prefix: string;
  owner: ProcessIdentity;
  /** Whether the owner's pid means anything here (same host, same pid namespace). */
  isLocal: boolean;
  /** Epoch seconds at which the name was made. */
  madeAtSeconds: number;
}

/** A fresh name that says who made it and when, so that it can be swept once its owner is dead. At most 63 bytes, as
 *  Postgres wants, for a prefix of up to 20. */
export function ownedName(prefix: string): string {
  const made = Math.floor(Date.now() / 1_000);
  const numbers = [thisProcess.pid, Number(thisProcess.started), made].map((number) => number.toString(36));
  return [prefix, machineTag, ...numbers, randomBytes(4).toString('hex')].join('_');
}

/** Reads a name back; undefined if {@link ownedName} did not make it. */
export function parseOwnedName(name: string): OwnedName | undefined {
  const groups = shape.exec(name)?.groups;
  if (groups === undefined) return undefined;
  const { prefix = '', tag, pid = '', started = '', made = '' } = groups;
  const owner = { pid: Number.parseInt(pid, 36), started: String(Number.parseInt(started, 36)) };
  return { prefix, owner, isLocal: tag === machineTag, madeAtSeconds: Number.parseInt(made, 36) };
}

/** True only if the owner ran on this machine and is dead. */
export function isOrphan(name: OwnedName): boolean {
  return name.isLocal && !isAlive(name.owner);
}
