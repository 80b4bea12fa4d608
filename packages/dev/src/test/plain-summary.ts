import type { Reporter, TestModule } from 'vitest/node';
import { output } from '../output.ts';

/** Closes a run with one plain line: `N passed, N failed, N skipped`. A file that could not be loaded counts as failed, and so does a
 *  suite whose `beforeAll` or `afterAll` threw: its tests may have passed, or be counted as skipped. */
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const places = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = places.filter((place) => place.errors().length > 0).length + unhandled.length;
    output.data(`\n${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`);
  }
}
