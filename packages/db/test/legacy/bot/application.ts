import type { OldApplication } from '../bed.ts';

/** What a busy guild makes the bot write within a second. */
export const application: OldApplication = {
  start: [
    `CREATE TABLE IF NOT EXISTS config (guild_id TEXT NOT NULL DEFAULT 'global', key TEXT NOT NULL, value JSONB NOT NULL,
      updated_at TIMESTAMPTZ DEFAULT NOW(), PRIMARY KEY (guild_id, key))`,
    'ALTER TABLE conversations ADD COLUMN IF NOT EXISTS guild_id TEXT',
    'ALTER TABLE ai_usage ADD COLUMN IF NOT EXISTS user_id TEXT',
    'ALTER TABLE ai_usage ADD COLUMN IF NOT EXISTS search_count INTEGER NOT NULL DEFAULT 0',
    'CREATE INDEX IF NOT EXISTS idx_conversations_guild_id ON conversations (guild_id)',
    'CREATE INDEX IF NOT EXISTS idx_logs_level ON logs (level)',
  ],
  round: (n) => [
    {
      text: `INSERT INTO config (guild_id, key, value) VALUES ($1, 'ai', $2)
        ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()`,
      values: [`old-${n % 10}`, '{"enabled": true}'],
    },
    {
      text: 'INSERT INTO conversations (channel_id, guild_id, role, content, username) VALUES ($1, $2, $3, $4, $5) RETURNING id',
      values: ['old-channel', 'old-0', 'user', `hello ☕ ${n}`, 'Zoë'],
    },
    {
      text: `INSERT INTO mod_cases (guild_id, case_number, action, target_id, target_tag, moderator_id, moderator_tag)
        VALUES ($1, $2, 'tempban', '1', 'a', '2', 'b') RETURNING id, case_number`,
      values: ['old-0', n],
    },
    {
      text: `INSERT INTO mod_scheduled_actions (guild_id, action, target_id, case_id, execute_at)
        SELECT guild_id, 'unban', target_id, id, now() FROM mod_cases WHERE guild_id = $1 AND case_number = $2`,
      values: ['old-0', n],
    },
    {
      text: `UPDATE mod_scheduled_actions SET executed = true
        WHERE id IN (SELECT id FROM mod_scheduled_actions WHERE executed = false AND execute_at <= now() AND guild_id = 'old-0'
          ORDER BY execute_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id`,
    },
    {
      text: `INSERT INTO ai_usage (guild_id, channel_id, type, model, input_tokens, cost_usd, user_id) VALUES ($1, $2, 'respond', 'm', $3, $4, NULL)`,
      values: ['old-0', 'old-channel', n, '0.000123'],
    },
    {
      text: 'INSERT INTO logs (level, message, metadata) VALUES ($1, $2, $3)',
      values: ['info', `old ${n}`, '{"n": 1}'],
    },
    {
      text: 'INSERT INTO memory_optouts (user_id) VALUES ($1) ON CONFLICT (user_id) DO NOTHING',
      values: [`old-${n % 7}`],
    },
    { text: 'DELETE FROM memory_optouts WHERE user_id = $1', values: [`old-${n % 5}`] },
    {
      text: 'SELECT id, content FROM conversations WHERE channel_id = $1 ORDER BY created_at DESC LIMIT 20',
      values: ['old-channel'],
    },
  ],
  trace: (n) => ({ table: 'conversations', where: `content = 'hello ☕ ${n}'` }),
};
