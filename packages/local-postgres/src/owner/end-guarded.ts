import { removeLabelled } from '../docker/engine.ts';
import { endThrowaway } from '../embedded/end-throwaway.ts';
import { stopPostmaster } from '../embedded/postmaster-file.ts';
import type { Guarded } from './guard-message.ts';

/** Ends what a dead owner left behind. */
export async function endGuarded(thing: Guarded): Promise<void> {
  if (thing.kind === 'throwaway') return endThrowaway(thing.folder);
  if (thing.kind === 'container') return removeLabelled(thing.engine, thing.label);
  return stopPostmaster(thing, false);
}
