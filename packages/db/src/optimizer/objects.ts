import type { SqlObject } from '@repo/migrate/config';
import { exchangeItems } from './functions/exchange-items.ts';
import { finishItems } from './functions/finish-items.ts';

/** What drizzle-kit cannot model, in the order in which it is created. */
export const objects: readonly SqlObject[] = [finishItems, exchangeItems];
