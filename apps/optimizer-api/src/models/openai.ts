import { z } from 'zod';
import { requestJson } from '../net/request-json.ts';
import { MODEL_BUDGET, type ModelOptions, type ModelProvider, OUTPUT_TOKENS_MAX } from './provider.ts';

const answerSchema = z
  .object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) })
  .transform(({ choices }) => choices[0]?.message.content ?? '')
  .refine((text) => text.trim() !== '');

/** Any server of the OpenAI chat completions API; the base URL ends before `/chat/completions`. */
export function createOpenai({ baseUrl, key, model }: ModelOptions): ModelProvider {
  return {
    complete: ({ system, user }, signal) =>
      requestJson({
        service: 'model',
        url: `${baseUrl}/chat/completions`,
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: {
          model,
          max_tokens: OUTPUT_TOKENS_MAX,
          messages: [
            { role: 'system', content: system },
            { role: 'user', content: user },
          ],
        },
        schema: answerSchema,
        budget: MODEL_BUDGET,
        signal,
      }),
  };
}
