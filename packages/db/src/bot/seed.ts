import type { Seed } from '@repo/migrate/config';
import { insertMissing } from '../insert-missing.ts';
import { configDefaults } from './config-defaults.ts';
import type { ConfigKey } from './config-sections.ts';
import { config } from './schema.ts';

const keys = Object.keys(configDefaults) as ConfigKey[];

/** Reference: the global configuration, section by section; a section that is there stays as its operator left it. */
export const seed: Seed = {
  reference: async (sql) => {
    const rows = keys.map((key) => ({ guildId: 'global', key, value: configDefaults[key] }));
    return [{ table: 'config', inserted: await insertMissing(sql, config, rows), rows: rows.length }];
  },
  missing: async (sql) => {
    const found = await sql<{ key: string }[]>`SELECT key FROM bot.config WHERE guild_id = 'global'`;
    return keys.filter((key) => !found.some((row) => row.key === key)).map((key) => `config ${key}`);
  },
  demo: async (sql, options) => (await import('./demo.ts')).demo(sql, options),
};
