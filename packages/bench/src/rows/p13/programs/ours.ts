import { createDb } from '@repo/db';
import { plans } from '@repo/db/optimizer';
import { eq } from 'drizzle-orm';

await using db = createDb({ domain: 'optimizer', url: process.argv[2] ?? '', app: 'bench' });
const rows = await db.select({ id: plans.id }).from(plans).where(eq(plans.id, 'free'));
if (rows.length !== 1) throw new Error('no row');
