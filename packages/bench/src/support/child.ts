import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { inheritedEnvironment } from '../env.ts';

/** A process that has loaded what it needs and waits for orders, so that its start disturbs nobody who is being timed. */
export interface Child<Order extends object, Answer> extends AsyncDisposable {
  /** One order at a time. @throws {Error} where the child says `failed`, or ends */
  readonly ask: (order: Order) => Promise<Answer>;
}

/** Starts `script` (bundled) and waits until it says `ready`. `env` is added to ours. */
export async function startChild<Order extends object, Answer>(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Child<Order, Answer>> {
  const child = fork(script, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...inheritedEnvironment(), ...env },
  });
  await answerOf(child);
  return {
    ask: async (order) => {
      const answer = answerOf(child);
      child.send(order);
      const value = await answer;
      if (typeof value === 'object' && value !== null && 'failed' in value) throw new Error(String(value.failed));
      return value as Answer;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  return await new Promise((settle, fail) => {
    const ended = () => fail(new Error('the child process ended before it answered'));
    child.once('exit', ended);
    child.once('message', (value: unknown) => {
      child.off('exit', ended);
      settle(value);
    });
  });
}
