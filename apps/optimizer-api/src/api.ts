import { readApiEnv } from './env.ts';
import { run } from './run.ts';
import { startApi } from './start-api.ts';

await run(async () => await startApi(readApiEnv()));
