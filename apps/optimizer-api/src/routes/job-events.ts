import { type Context, Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { AppParts } from '../app.ts';
import { Bell } from '../http/bell.ts';
import type { AppEnv } from '../http/context.ts';
import { OpenStreams } from '../http/open-streams.ts';
import type { ProgressHub } from '../http/progress-hub.ts';
import { SharedReads } from '../http/shared-reads.ts';
import { showJob } from '../http/shown.ts';
import { Problem } from '../problems.ts';
import { isPassing } from '../queries/is-passing.ts';
import { parseJobId, requireJob } from './require-job.ts';

/** Asked also when nobody notified, and shows proxies that the stream lives. */
const POLL_MS = 5_000;
/** Streams that a shop may have open at once. */
const STREAMS_MAX = 100;
const STREAM_RETRY_S = 10;

interface Progress {
  /** The job as it is shown, in JSON. */
  readonly data: string;
  readonly hasEnded: boolean;
}

/** The job as server-sent events named `progress`: at once, whenever it changes, and a last time when it has ended. However many watch
 *  a job, it is read once for all of them. */
export function jobEventRoutes({ db, progress: hub }: AppParts): Hono<AppEnv> {
  const reads = new SharedReads<Progress>();
  const streams = new OpenStreams(STREAMS_MAX);
  return new Hono<AppEnv>().get('/jobs/:id/events', async (context) => {
    const [instanceId, jobId] = [context.get('instanceId'), parseJobId(context.req.param('id'))];
    const load = async () => progressOf(await requireJob(db, instanceId, jobId));
    const read = () => reads.read(JSON.stringify([instanceId, String(jobId)]), load);
    await read();
    // nobody takes the body of an answer to HEAD, and what waits for that would wait for ever
    if (context.req.method === 'HEAD') return context.body(null, 200, { 'content-type': 'text/event-stream' });
    const onEnd = streams.take(instanceId);
    if (onEnd === undefined)
      throw new Problem('RATE_LIMITED', `at most ${STREAMS_MAX} streams of a shop are open at once`, {
        retryAfterS: STREAM_RETRY_S,
      });
    return streamProgress(context, { hub, jobId: String(jobId), read, onEnd });
  });
}

function progressOf(job: Parameters<typeof showJob>[0]): Progress {
  return { data: JSON.stringify(showJob(job)), hasEnded: job.status !== 'PENDING' && job.status !== 'RUNNING' };
}

interface ProgressSource {
  readonly hub: ProgressHub;
  readonly jobId: string;
  readonly read: () => Promise<Progress>;
  /** Called once, however the stream ends. */
  readonly onEnd: () => void;
}

/** A database that is away is waited for. The stream ends when the process stops: whoever still wants to know asks again. */
function streamProgress(context: Context<AppEnv>, { hub, jobId, read, onEnd }: ProgressSource): Response {
  const log = context.get('log');
  const tryToRead = () =>
    read().catch((error: unknown) => {
      if (!isPassing(error)) throw error;
      log.warn({ error }, 'progress was not read; it is tried again');
      return undefined;
    });
  return streamSSE(context, async (stream) => {
    const bell = new Bell();
    stream.onAbort(bell.ring);
    const unwatch = await hub.watch(jobId, bell.ring);
    try {
      await tellProgress(stream, bell, hub, tryToRead);
    } catch (error) {
      // a job that is gone makes no more progress
      if (!(error instanceof Problem)) log.error({ error }, 'a stream of progress failed');
    } finally {
      unwatch();
      onEnd();
    }
  });
}

async function tellProgress(
  stream: SSEStreamingApi,
  bell: Bell,
  hub: ProgressHub,
  read: () => Promise<Progress | undefined>,
): Promise<void> {
  for (let last = ''; !stream.aborted; ) {
    const progress = await read();
    if (progress === undefined || progress.data === last) await stream.write(': still here\n\n');
    else await stream.writeSSE({ event: 'progress', data: progress.data });
    last = progress?.data ?? last;
    if (progress?.hasEnded === true || hub.isClosed) return;
    await bell.wait(POLL_MS);
  }
}
