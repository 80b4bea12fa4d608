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
    const reads = new SharedReads<string>();
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
    const reads = new SharedReads<string>();
    void reads.read('a', load);
    const other = reads.read('b', load);
    expect(begun).toHaveLength(2);
    begun[1]?.end('b');
    expect(await other).toBe('b');
  });

  test('a read that fails fails for those who shared it, and the next one is made anew', async () => {
    const { begun, load } = openReads();
    const reads = new SharedReads<string>();
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

  test('a read that throws at once is a read that failed: the key is not lost', async () => {
    const reads = new SharedReads<string>();
    const { begun, load } = openReads();
    const first = reads.read('a', load);
    const second = reads.read('a', () => {
      throw new Error('at once');
    });
    begun[0]?.end('whole');
    expect(await first).toBe('whole');
    await expect(second).rejects.toThrow('at once');
    await turn();
    expect(await reads.read('a', async () => 'again')).toBe('again');
  });

  test('a read that hangs keeps nobody longer than patience, and what it gives in the end is nobody else’s', async () => {
    const { begun, load } = openReads();
    const reads = new SharedReads<string>(20);
    const stuck = reads.read('a', load);
    const [second, third] = [reads.read('a', load), reads.read('a', load)];
    await expect.poll(() => begun.length).toBe(2);
    begun[1]?.end('fresh');
    expect(await Promise.all([second, third])).toEqual(['fresh', 'fresh']);
    await turn();
    const fourth = reads.read('a', load);
    begun[0]?.end('stale');
    expect(await stuck).toBe('stale');
    await turn();
    // the line is the fourth's, which goes on
    const fifth = reads.read('a', load);
    expect(begun).toHaveLength(3);
    begun[2]?.end('last');
    expect(await fourth).toBe('last');
    await turn();
    begun[3]?.end('behind');
    expect(await fifth).toBe('behind');
  });

  test('100,000 keys leave nothing behind, also where others waited and reads failed', async () => {
    const reads = new SharedReads<number>();
    const refusal = new Error('no');
    for (let from = 0; from < 100_000; from += 10_000) {
      const begun = Array.from({ length: 10_000 }, (_, n) => reads.read(String(from + n), async () => n));
      // every hundredth is asked for again meanwhile, in vain
      for (let n = 0; n < 10_000; n += 100)
        begun.push(reads.read(String(from + n), async () => await Promise.reject(refusal)));
      expect(reads.size).toBe(10_000);
      await Promise.allSettled(begun);
    }
    await turn();
    expect(reads.size).toBe(0);
  });
});
