import { readWorkerEnv } from './env.ts';
import { run } from './run.ts';
import { startWorker } from './start-worker.ts';

await run(async () => await startWorker(readWorkerEnv()));
