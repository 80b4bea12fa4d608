import { z } from 'zod';

/** Language model answers. */
const ai = z.strictObject({
  enabled: z.boolean(),
  systemPrompt: z.string(),
  /** Channels in which the bot answers; empty: all. */
  channels: z.array(z.string()),
  /** Messages of a channel that an answer sees. */
  historyLength: z.int().min(1).max(200),
  historyTtlDays: z.int().min(1),
});

/** Decides which messages deserve an answer. */
const triage = z.strictObject({
  enabled: z.boolean(),
  intervalMs: z.int().min(1_000),
  bufferMax: z.int().min(1),
  classifyModel: z.string(),
  respondModel: z.string(),
  channels: z.array(z.string()),
  excludeChannels: z.array(z.string()),
});

const welcome = z.strictObject({
  enabled: z.boolean(),
  /** NULL: nowhere. */
  channelId: z.string().nullable(),
  /** `{user}`, `{server}` and `{memberCount}` are replaced. */
  message: z.string(),
});

/** So many warns of one member within so many days lead to the act. */
const escalationThreshold = z.strictObject({
  warns: z.int().min(1),
  withinDays: z.int().min(1),
  action: z.enum(['timeout', 'kick', 'ban']),
  /** As a moderator would type it, for example `1h`. */
  duration: z.string().optional(),
});

const moderation = z.strictObject({
  enabled: z.boolean(),
  /** The moderation log; NULL: none. */
  logChannelId: z.string().nullable(),
  /** Whether the member is told by direct message. */
  dmNotifications: z.strictObject({ warn: z.boolean(), timeout: z.boolean(), kick: z.boolean(), ban: z.boolean() }),
  /** Thresholds are tried from first to last. */
  escalation: z.strictObject({ enabled: z.boolean(), thresholds: z.array(escalationThreshold) }),
});

/** What the bot remembers about members who did not opt out. */
const memory = z.strictObject({ enabled: z.boolean(), contextMemoriesMax: z.int().min(0), autoExtract: z.boolean() });

const logging = z.strictObject({
  level: z.enum(['error', 'warn', 'info', 'debug']),
  database: z.strictObject({
    enabled: z.boolean(),
    batchSize: z.int().min(1),
    flushIntervalMs: z.int().min(100),
    /** Lines kept while the database is away. */
    bufferMax: z.int().min(1),
    retentionDays: z.int().min(1),
  }),
});

const permissions = z.strictObject({
  enabled: z.boolean(),
  adminRoleId: z.string().nullable(),
  moderatorRoleId: z.string().nullable(),
  /** User ids that may do everything everywhere. */
  botOwners: z.array(z.string()),
  /** Command name → who may use it. */
  allowedCommands: z.record(z.string(), z.enum(['everyone', 'moderator', 'admin'])),
});

/** The sections that the bot knows, each with the shape of its JSON. Strict, so that a mistyped setting is refused, not dropped. */
export const configSections = { ai, triage, welcome, moderation, memory, logging, permissions };

export type ConfigSections = { [Key in keyof typeof configSections]: z.infer<(typeof configSections)[Key]> };
export type ConfigKey = keyof ConfigSections;
/** What `config.value` holds, depending on `config.key`. */
export type ConfigSection = ConfigSections[ConfigKey];
