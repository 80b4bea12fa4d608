import { describe, expect, test } from 'vitest';
import { SharedReads } from './shared-reads.ts';

/** Reads that end when the test says so. */
function openReads() {
  const begun: { end(text: string): void; fail(error: Error): void }[] = [];
  const load = () =>
    new Promise<string>((resolve, reject) => {
      begun.push({ end: resolve, fail: reject });
    });
  return { begun, load };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('shared reads', () => {
  test('nobody gets what was read before they asked, and all who came meanwhile share one read', async () => {
    const { begun, load } = openReads();
    const reads = new SharedReads();
    const first = reads.read('a', load);
    const later = [reads.read('a', load), reads.read('a', load), reads.read('a', load)];
    expect(begun).toHaveLength(1);
    begun[0]?.end('before');
    expect(await first).toBe('before');
    await turn();
    expect(begun).toHaveLength(2);
    const last = reads.read('a', load);
    begun[1]?.end('after');
    expect(await Promise.all(later)).toEqual(['after', 'after', 'after']);
    await turn();
    expect(begun).toHaveLength(3);
    begun[2]?.end('last');
    expect(await last).toBe('last');
  });

  test('other keys wait for nothing', async () => {
    const { begun, load } = openReads();
    const reads = new SharedReads();
    void reads.read('a', load);
    const other = reads.read('b', load);
    expect(begun).toHaveLength(2);
    begun[1]?.end('b');
    expect(await other).toBe('b');
  });

  test('a read that fails fails for those who shared it, and the next one is made anew', async () => {
    const { begun, load } = openReads();
    const reads = new SharedReads();
    const first = reads.read('a', load);
    const second = reads.read('a', load);
    begun[0]?.fail(new Error('cut'));
    await expect(first).rejects.toThrow('cut');
    await turn();
    begun[1]?.end('whole');
    expect(await second).toBe('whole');
    await turn();
    const third = reads.read('a', load);
    expect(begun).toHaveLength(3);
    begun[2]?.end('again');
    expect(await third).toBe('again');
  });
});
