import type { ConfigSections } from './config-sections.ts';

/** The global configuration of a new installation. Nothing in it acts before an operator names a channel or switches it on,
 *  save moderation's commands and escalation. */
export const configDefaults: ConfigSections = {
  ai: {
    enabled: false,
    systemPrompt: 'You are a helpful member of this community. Answer briefly and kindly.',
    channels: [],
    historyLength: 20,
    historyTtlDays: 30,
  },
  triage: {
    enabled: false,
    intervalMs: 5_000,
    bufferMax: 30,
    classifyModel: 'claude-haiku-4-5',
    respondModel: 'claude-sonnet-4-5',
    channels: [],
    excludeChannels: [],
  },
  welcome: { enabled: false, channelId: null, message: 'Welcome to {server}, {user}!' },
  moderation: {
    enabled: true,
    logChannelId: null,
    dmNotifications: { warn: true, timeout: true, kick: true, ban: true },
    escalation: {
      enabled: true,
      thresholds: [
        { warns: 3, withinDays: 7, action: 'timeout', duration: '1h' },
        { warns: 5, withinDays: 30, action: 'ban' },
      ],
    },
  },
  memory: { enabled: false, contextMemoriesMax: 5, autoExtract: true },
  logging: {
    level: 'info',
    database: { enabled: true, batchSize: 10, flushIntervalMs: 5_000, bufferMax: 10_000, retentionDays: 30 },
  },
  permissions: {
    enabled: true,
    adminRoleId: null,
    moderatorRoleId: null,
    botOwners: [],
    allowedCommands: {
      ping: 'everyone',
      memory: 'everyone',
      config: 'admin',
      warn: 'moderator',
      kick: 'moderator',
      timeout: 'moderator',
      untimeout: 'moderator',
      ban: 'moderator',
      tempban: 'moderator',
      unban: 'moderator',
      softban: 'moderator',
      purge: 'moderator',
      lock: 'moderator',
      unlock: 'moderator',
      slowmode: 'moderator',
      case: 'moderator',
      history: 'moderator',
      modlog: 'admin',
    },
  },
};
