import { createInsertSchema, createSelectSchema, createUpdateSchema } from 'drizzle-orm/zod';
import { z } from 'zod';
import {
  analysisAuditLog,
  anthropicCredentials,
  apiRequests,
  conversationAnalyses,
  hourlyStats,
  streamingChunks,
  TRAIN_ROLES,
  trainAccounts,
  trainApiKeys,
  trainMembers,
  trains,
} from './schema.ts';

const headersSchema = z.record(z.string(), z.union([z.string(), z.array(z.string()).readonly()])).readonly();
const detailsSchema = z.record(z.string(), z.unknown()).readonly();
const contentSchema = z
  .array(
    z.looseObject({
      type: z.string(),
      text: z.string().optional(),
      id: z.string().optional(),
      name: z.string().optional(),
      input: detailsSchema.optional(),
    }),
  )
  .readonly();

/** What a client sends to the Messages API, as far as the proxy reads it. */
export const requestBodySchema = z.looseObject({
  model: z.string().optional(),
  system: z.union([z.string(), contentSchema]).optional(),
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.union([z.string(), contentSchema]) }))
    .readonly()
    .optional(),
});
/** What the Messages API answers, as far as the proxy reads it. */
export const responseBodySchema = z.looseObject({ id: z.string().optional(), content: contentSchema.optional() });
/** Uses of the Task tool in one response. */
export const taskInvocationsSchema = z
  .array(
    z.looseObject({
      id: z.string().nullish(),
      name: z.string().optional(),
      prompt: z.string().optional(),
      description: z.string().nullish(),
      input: z.looseObject({ prompt: z.string().optional(), description: z.string().optional() }).optional(),
    }),
  )
  .readonly();

const requestColumns = {
  headers: headersSchema.nullable(),
  body: requestBodySchema.nullable(),
  responseHeaders: headersSchema.nullable(),
  responseBody: responseBodySchema.nullable(),
  usageData: detailsSchema.nullable(),
  taskToolInvocation: taskInvocationsSchema.nullable(),
};
const requestInput = {
  headers: headersSchema.nullish(),
  body: requestBodySchema.nullish(),
  responseHeaders: headersSchema.nullish(),
  responseBody: responseBodySchema.nullish(),
  usageData: detailsSchema.nullish(),
  taskToolInvocation: taskInvocationsSchema.nullish(),
};
const auditColumns = { userContext: detailsSchema.nullable(), metadata: detailsSchema.nullable() };
const auditInput = { userContext: detailsSchema.nullish(), metadata: detailsSchema.nullish() };
const roleSchema = z.enum(TRAIN_ROLES);

export const apiRequestSelectSchema = createSelectSchema(apiRequests, requestColumns);
export const apiRequestInsertSchema = createInsertSchema(apiRequests, requestInput);
export const apiRequestUpdateSchema = createUpdateSchema(apiRequests, requestInput);
export const streamingChunkSelectSchema = createSelectSchema(streamingChunks);
export const streamingChunkInsertSchema = createInsertSchema(streamingChunks);
export const streamingChunkUpdateSchema = createUpdateSchema(streamingChunks);
export const hourlyStatSelectSchema = createSelectSchema(hourlyStats);
export const conversationAnalysisSelectSchema = createSelectSchema(conversationAnalyses, {
  analysisData: detailsSchema.nullable(),
});
export const conversationAnalysisInsertSchema = createInsertSchema(conversationAnalyses, {
  analysisData: detailsSchema.nullish(),
});
export const conversationAnalysisUpdateSchema = createUpdateSchema(conversationAnalyses, {
  analysisData: detailsSchema.nullish(),
});
export const analysisAuditEventSelectSchema = createSelectSchema(analysisAuditLog, auditColumns);
export const analysisAuditEventInsertSchema = createInsertSchema(analysisAuditLog, auditInput);
export const anthropicCredentialSelectSchema = createSelectSchema(anthropicCredentials);
export const anthropicCredentialInsertSchema = createInsertSchema(anthropicCredentials);
export const anthropicCredentialUpdateSchema = createUpdateSchema(anthropicCredentials);
export const trainSelectSchema = createSelectSchema(trains);
export const trainInsertSchema = createInsertSchema(trains);
export const trainUpdateSchema = createUpdateSchema(trains);
export const trainAccountSelectSchema = createSelectSchema(trainAccounts);
export const trainAccountInsertSchema = createInsertSchema(trainAccounts);
export const trainAccountUpdateSchema = createUpdateSchema(trainAccounts);
export const trainApiKeySelectSchema = createSelectSchema(trainApiKeys);
export const trainApiKeyInsertSchema = createInsertSchema(trainApiKeys);
export const trainApiKeyUpdateSchema = createUpdateSchema(trainApiKeys);
export const trainMemberSelectSchema = createSelectSchema(trainMembers, { role: roleSchema });
export const trainMemberInsertSchema = createInsertSchema(trainMembers, { role: roleSchema });
export const trainMemberUpdateSchema = createUpdateSchema(trainMembers, { role: roleSchema.optional() });
