import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { AppEnv } from '../http/context.ts';
import type { ProgressHub } from '../http/progress-hub.ts';
import { showJob } from '../http/shown.ts';
import type { ShownJob } from '../queries/jobs.ts';

/** Asked also when nobody notified, and shows proxies that the stream lives. */
const POLL_MS = 5_000;

/** The job as server-sent events named `progress`: at once, whenever it changes, and a last time when it has ended. */
export function streamProgress(
  context: Context<AppEnv>,
  hub: ProgressHub,
  jobId: string,
  readJob: () => Promise<ShownJob>,
): Response {
  return streamSSE(context, async (stream) => {
    let wake = () => {};
    let isChanged = true;
    const onChange = () => {
      isChanged = true;
      wake();
    };
    const unwatch = await hub.watch(jobId, onChange);
    stream.onAbort(onChange);
    let last = '';
    try {
      while (!stream.aborted) {
        isChanged = false;
        const job = await readJob();
        const data = JSON.stringify(showJob(job));
        if (data === last) await stream.write(': still here\n\n');
        else await stream.writeSSE({ event: 'progress', data });
        last = data;
        if (job.status !== 'PENDING' && job.status !== 'RUNNING') return;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, POLL_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          if (isChanged) wake();
        });
      }
    } finally {
      unwatch();
    }
  });
}
