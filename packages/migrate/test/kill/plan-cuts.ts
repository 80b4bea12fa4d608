import type { Message } from '../support/cutting-proxy.ts';
import type { Waiting } from './acts.ts';
import { type Moment, momentOf, type Point, pointOf } from './moments.ts';

/** Who dies, and how. */
export const KINDS = ['connection closed', 'connection reset', 'migrator killed', 'server killed'] as const;

export type Kind = (typeof KINDS)[number];

/** A cut at a message of a run. */
export interface MessageCut {
  readonly of: 'message';
  readonly kind: Kind;
  /** Index of the server's version. */
  readonly server: number;
  readonly moment: Moment;
  readonly point: Point;
  /** Which of the messages of that moment and side, 1-based. */
  readonly nth: number;
  /** Number of the message at which the run after the cut is cut as well; NULL: it is left in peace. */
  readonly again: number | null;
}

/** A cut while a statement waits for an old transaction. */
export interface HeldCut extends Waiting {
  readonly of: 'held';
  readonly kind: Kind;
  readonly server: number;
  /** Which ends first: the cut session, so that the build is cut short, or the old transaction, so that it may end well. */
  readonly first: 'the session' | 'the blocker';
}

export type Cut = MessageCut | HeldCut;

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Who dies in each six cuts; the last of them is of a held statement. */
const TURNS: readonly Kind[] = [
  'migrator killed',
  'connection closed',
  'server killed',
  'migrator killed',
  'connection reset',
];

/** Draws `count` cuts from the traces of undisturbed runs, one trace a server. Each kind goes through all moments and points in an
 *  order of its own before one comes again; the message within is drawn. */
export function planCuts(
  traces: readonly (readonly Message[])[],
  waiting: readonly Waiting[],
  count: number,
  seed: number,
): readonly Cut[] {
  const random = seeded(seed);
  const messages = new Map(KINDS.map((kind) => [kind, rounds(strataOf(traces), random)]));
  const held = rounds(heldCuts(waiting), random);
  return Array.from({ length: count }, (_, index): Cut => {
    const kind = TURNS[index % (TURNS.length + 1)];
    const server = Math.floor(random() * traces.length);
    if (kind === undefined) return { of: 'held', server, ...held() };
    const { moment, point, counts } = messages.get(kind)?.() ?? fail();
    const nth = 1 + Math.floor(random() * (counts[server] ?? 1));
    const again = random() < 0.25 ? 1 + Math.floor(random() * 150) : null;
    return { of: 'message', kind, server, moment, point, nth, again };
  });
}

export function nameOf(cut: Cut): string {
  if (cut.of === 'held')
    return `${cut.kind} while ${cut.statement} waits for a ${cut.blocker}; ${cut.first} ends first`;
  const again = cut.again === null ? '' : `, and again at message ${cut.again} of the next run`;
  return `${cut.kind} ${cut.point}: ${cut.moment}, number ${cut.nth}${again}`;
}

interface Stratum {
  readonly moment: Moment;
  readonly point: Point;
  /** Messages of this moment and side, per server. */
  readonly counts: readonly number[];
}

function strataOf(traces: readonly (readonly Message[])[]): readonly Stratum[] {
  const found = new Map<string, { moment: Moment; point: Point; counts: number[] }>();
  for (const [server, trace] of traces.entries()) {
    for (const message of trace) {
      for (const where of ['before', 'after'] as const) {
        const [moment, point] = [momentOf(message), pointOf(message, where)];
        const stratum = found.get(`${moment} ${point}`) ?? { moment, point, counts: traces.map(() => 0) };
        stratum.counts[server] = (stratum.counts[server] ?? 0) + 1;
        found.set(`${moment} ${point}`, stratum);
      }
    }
  }
  return [...found.values()].filter(({ counts }) => counts.every((count) => count > 0));
}

function heldCuts(waiting: readonly Waiting[]): readonly Omit<HeldCut, 'of' | 'server'>[] {
  return KINDS.flatMap(
    (kind) =>
      waiting.flatMap(({ statement, blocker }) =>
        (['the session', 'the blocker'] as const).map((first) => ({ kind, statement, blocker, first })),
      ),
    // A server that is killed takes both with it.
  ).filter(({ kind, first }) => kind !== 'server killed' || first === 'the session');
}

/** Deals the items in random order, all of them before one comes again. */
function rounds<T>(items: readonly T[], random: () => number): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...items];
    const [item] = left.splice(Math.floor(random() * left.length), 1);
    return item ?? fail();
  };
}

function fail(): never {
  throw new Error('nothing to draw from');
}
