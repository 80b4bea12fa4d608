import { type LocalServer, startHttpServer } from './http-server.ts';

/** A stand-in for a model that speaks both APIs, and answers with the attribute in capitals and a count. */
export async function startFakeModel(delayMs = 0): Promise<LocalServer> {
  let count = 0;
  return await startHttpServer(async ({ path, body }) => {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const { messages } = body as { messages: { content: string }[] };
    const attribute = /Rewrite: (\w+)$/.exec(messages.at(-1)?.content ?? '')?.[1] ?? '';
    count += 1;
    const text = `Better ${attribute} ${count}`;
    if (path === '/v1/messages')
      return {
        body: {
          id: 'msg',
          type: 'message',
          role: 'assistant',
          content: [{ type: 'text', text }],
          stop_reason: 'end_turn',
        },
      };
    if (path === '/chat/completions')
      return { body: { choices: [{ index: 0, message: { role: 'assistant', content: text } }] } };
    return { status: 404, body: {} };
  });
}
