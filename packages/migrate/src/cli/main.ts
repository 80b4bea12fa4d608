#!/usr/bin/env node
import { EXIT } from '../errors/codes.ts';
import { createProgram } from './program.ts';
import { commanderExit } from './run.ts';

process.once('SIGINT', () => process.exit(EXIT.interrupted));

try {
  await createProgram((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  process.exitCode = commanderExit(error);
}
