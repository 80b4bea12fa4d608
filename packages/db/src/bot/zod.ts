import { createInsertSchema, createSelectSchema, createUpdateSchema } from 'drizzle-orm/zod';
import { z } from 'zod';
import { type ConfigKey, configSections } from './config-sections.ts';
import {
  aiUsage,
  botRestarts,
  config,
  conversations,
  logs,
  memoryOptouts,
  modCases,
  modScheduledActions,
} from './schema.ts';

const { ai, triage, welcome, moderation, memory, logging, permissions } = configSections;
const configKey = z.enum(Object.keys(configSections) as ConfigKey[]);
const configValue = z.union([ai, triage, welcome, moderation, memory, logging, permissions]);
const jsonObject = z.record(z.string(), z.unknown());

/** A stored section may come from another version of the bot, so its value is any object. */
export const configSelectSchema = createSelectSchema(config, { value: jsonObject });
/** A section to store: its key is one that the bot knows, and its value has that key's shape. */
export const configInsertSchema = createInsertSchema(config, { key: configKey, value: configValue }).check(
  ({ value: { key, value }, issues }) => {
    const parsed = configSections[key].safeParse(value);
    if (!parsed.success) {
      issues.push({ code: 'custom', input: value, path: ['value'], message: z.prettifyError(parsed.error) });
    }
  },
);
export const configUpdateSchema = createUpdateSchema(config, {
  key: configKey.optional(),
  value: configValue.optional(),
});

export const conversationSelectSchema = createSelectSchema(conversations);
export const conversationInsertSchema = createInsertSchema(conversations);
export const conversationUpdateSchema = createUpdateSchema(conversations);

export const modCaseSelectSchema = createSelectSchema(modCases);
export const modCaseInsertSchema = createInsertSchema(modCases);
export const modCaseUpdateSchema = createUpdateSchema(modCases);

export const modScheduledActionSelectSchema = createSelectSchema(modScheduledActions);
export const modScheduledActionInsertSchema = createInsertSchema(modScheduledActions);
export const modScheduledActionUpdateSchema = createUpdateSchema(modScheduledActions);

export const memoryOptoutSelectSchema = createSelectSchema(memoryOptouts);
export const memoryOptoutInsertSchema = createInsertSchema(memoryOptouts);
export const memoryOptoutUpdateSchema = createUpdateSchema(memoryOptouts);

export const aiUsageSelectSchema = createSelectSchema(aiUsage);
export const aiUsageInsertSchema = createInsertSchema(aiUsage);
export const aiUsageUpdateSchema = createUpdateSchema(aiUsage);

export const logSelectSchema = createSelectSchema(logs, { metadata: jsonObject.nullable() });
export const logInsertSchema = createInsertSchema(logs, { metadata: jsonObject.nullish() });
export const logUpdateSchema = createUpdateSchema(logs, { metadata: jsonObject.nullish() });

export const botRestartSelectSchema = createSelectSchema(botRestarts);
export const botRestartInsertSchema = createInsertSchema(botRestarts);
export const botRestartUpdateSchema = createUpdateSchema(botRestarts);
