import { audit } from './audit/bed.ts';
import type { Bed } from './bed.ts';
import { bot } from './bot/bed.ts';
import { optimizer } from './optimizer/bed.ts';
import { train } from './train/bed.ts';
import { video } from './video/bed.ts';

/** One production bed a domain. */
export const beds: readonly Bed[] = [bot, audit, video, optimizer, train];
