import { createDb } from '@repo/db';
import { plans } from '@repo/db/optimizer';

/** Everything but the connection. */
export const app = { db: createDb({ domain: 'optimizer', url: process.argv[2] ?? '', app: 'bench' }), plans };
