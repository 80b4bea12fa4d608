import { pgSchema } from 'drizzle-orm/pg-core';

export const botSchema = pgSchema('bot');
