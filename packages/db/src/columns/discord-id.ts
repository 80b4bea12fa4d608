import { text } from 'drizzle-orm/pg-core';

/** A Discord snowflake as decimal text: 64 bits do not fit a JavaScript number. */
export function discordId(name: string) {
  return text(name);
}
