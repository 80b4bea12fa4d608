import { pgSchema } from 'drizzle-orm/pg-core';

/** The moderation and AI bot: configuration, cases, logs and conversations of each guild, and what its answers cost. */
export const botSchema = pgSchema('bot');
