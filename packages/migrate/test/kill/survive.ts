import { expect } from 'vitest';
import { interruptHeld } from './held.ts';
import { interrupt, runAgain, type Scene } from './interrupt.ts';
import { momentOf, pointOf } from './moments.ts';
import type { Cut, MessageCut } from './plan-cuts.ts';
import { type EndState, readEndState } from './state.ts';

/** Cuts one run, runs again, and asks for the end of an undisturbed run. `between` is for the control, which breaks the engine there. */
export async function survive(
  cut: Cut,
  scene: Scene,
  undisturbed: EndState | undefined,
  between: () => Promise<void> = async () => {},
): Promise<void> {
  if (cut.of === 'held') expect(await interruptHeld(scene, cut)).toBe(true);
  else {
    await interruptAt(cut, scene);
    // Where this run ends before that message, nothing is cut: also well.
    if (cut.again !== null) {
      const { again } = cut;
      await interrupt(scene, { at: ({ number }) => (number === again ? 'after' : undefined) });
    }
  }
  await between();
  await runAgain(scene);
  expect(await readEndState(scene.url())).toEqual(undisturbed);
}

async function interruptAt(cut: MessageCut, scene: Scene): Promise<void> {
  const where = cut.point.startsWith('before') ? 'before' : 'after';
  let met = 0;
  const message = await interrupt(scene, {
    at: (next) => {
      if (momentOf(next) !== cut.moment || pointOf(next, where) !== cut.point) return undefined;
      met += 1;
      return met === cut.nth ? where : undefined;
    },
  });
  if (message === undefined) throw new BoundaryNotMet(cut.point);
}

/** The run ended before the boundary came for the n-th time: how often it polls depends on how busy the machine is. */
export class BoundaryNotMet extends Error {}
