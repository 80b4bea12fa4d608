#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// JavaScript, and before anything else: with the cache no types are stripped and no code is compiled a second time, which is most of
// the time to start.
enableCompileCache();
const { saidUnchanged } = await import('./said-unchanged.ts');
if (!saidUnchanged(process.argv.slice(2))) {
  const { runCli } = await import('../cli.ts');
  await runCli();
}
