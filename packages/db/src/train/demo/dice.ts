import { createHash } from 'node:crypto';

/** What the demo rows need of faker; demo.ts brings it. */
export interface Dice {
  /** 0 … max, both included. */
  int(max: number): number;
  chance(probability: number): boolean;
  /** One of the values, as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T;
  sentence(): string;
}

interface FakerLike {
  readonly number: { int(max: number): number; float(): number };
  readonly lorem: { sentence(): string };
  readonly helpers: { weightedArrayElement<T>(choices: readonly { weight: number; value: T }[]): T };
}

export function dice(faker: FakerLike): Dice {
  return {
    int: (max) => faker.number.int(max),
    chance: (probability) => faker.number.float() < probability,
    weighted: (choices) => faker.helpers.weightedArrayElement(choices.map(([weight, value]) => ({ weight, value }))),
    sentence: () => faker.lorem.sentence(),
  };
}

/** 64 hex digits that a name and a number stand for, the same in every run. */
export function demoHash(name: string, number: number): string {
  return createHash('sha256').update(`${name}:${number}`).digest('hex');
}

/** A version 8 uuid that a name and a number stand for, so that tables can name each other's rows without keeping them. */
export function demoUuid(name: string, number: number): string {
  const hex = demoHash(name, number);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The last day of the demo data. */
export const DEMO_END = Date.UTC(2026, 10, 1);
/** Explicit serial keys start here, away from real rows; the sequences stay where they are. */
export const DEMO_SERIAL = 1_000_000_001;
