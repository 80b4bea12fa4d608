import type { KeptFolder } from '../kept/kept-folder.ts';
import type { LocalPostgres, StartOptions } from '../types.ts';
import { startKept } from './kept-server.ts';
import { type BinariesResolver, resolveFromNodeModules } from './platform-package.ts';
import { startThrowaway } from './throwaway.ts';

/** Starts PostgreSQL from the programs in node_modules, also as root. */
export function startEmbedded(
  options: StartOptions,
  kept?: KeptFolder,
  resolver: BinariesResolver = resolveFromNodeModules,
): Promise<LocalPostgres> {
  return kept === undefined ? startThrowaway(options, resolver) : startKept(options, kept, resolver);
}
