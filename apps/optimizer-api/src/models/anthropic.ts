import { z } from 'zod';
import { requestJson } from '../net/request-json.ts';
import { MODEL_BUDGET, type ModelOptions, type ModelProvider, OUTPUT_TOKENS_MAX } from './provider.ts';

const answerSchema = z
  .object({ content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })) })
  .transform(({ content }) => content.flatMap((block) => (block.type === 'text' ? (block.text ?? '') : [])).join(''))
  .refine((text) => text.trim() !== '');

/** The Anthropic Messages API, version 2023-06-01. */
export function createAnthropic({ baseUrl, key, model }: ModelOptions): ModelProvider {
  return {
    complete: ({ system, user }, signal) =>
      requestJson({
        service: 'model',
        url: `${baseUrl}/v1/messages`,
        method: 'POST',
        headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
        body: { model, max_tokens: OUTPUT_TOKENS_MAX, system, messages: [{ role: 'user', content: user }] },
        schema: answerSchema,
        budget: MODEL_BUDGET,
        signal,
      }),
  };
}
