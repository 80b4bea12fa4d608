/** Upper bounds of durations, in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Labels = Readonly<Record<string, string>>;

/** Counters, durations and gauges of one process, in the text format of Prometheus 0.0.4. */
export class Metrics {
  readonly #counters = new Map<string, Map<string, number>>();
  readonly #durations = new Map<string, Map<string, { buckets: number[]; sum: number; count: number }>>();
  readonly #gauges = new Map<string, () => number>();

  count(name: string, labels: Labels = {}, by = 1): void {
    const series = this.#counters.get(name) ?? new Map<string, number>();
    this.#counters.set(name, series);
    const key = written(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  }

  observe(name: string, labels: Labels, seconds: number): void {
    const series = this.#durations.get(name) ?? new Map();
    this.#durations.set(name, series);
    const key = written(labels);
    const one = series.get(key) ?? { buckets: BOUNDS.map(() => 0), sum: 0, count: 0 };
    series.set(key, one);
    for (const [at, bound] of BOUNDS.entries()) if (seconds <= bound) one.buckets[at] += 1;
    one.sum += seconds;
    one.count += 1;
  }

  /** Read when somebody asks. */
  gauge(name: string, read: () => number): void {
    this.#gauges.set(name, read);
  }

  render(): string {
    const lines: string[] = [];
    for (const [name, series] of this.#counters) {
      lines.push(`# TYPE ${name} counter`);
      for (const [labels, value] of series) lines.push(`${name}${braces(labels)} ${value}`);
    }
    for (const [name, series] of this.#durations) {
      lines.push(`# TYPE ${name} histogram`);
      for (const [labels, { buckets, sum, count }] of series) {
        const before = labels === '' ? '' : `${labels},`;
        for (const [at, bound] of BOUNDS.entries()) lines.push(`${name}_bucket{${before}le="${bound}"} ${buckets[at]}`);
        lines.push(`${name}_bucket{${before}le="+Inf"} ${count}`, `${name}_sum${braces(labels)} ${sum}`);
        lines.push(`${name}_count${braces(labels)} ${count}`);
      }
    }
    for (const [name, read] of this.#gauges) lines.push(`# TYPE ${name} gauge`, `${name} ${read()}`);
    return `${lines.join('\n')}\n`;
  }
}

const braces = (labels: string) => (labels === '' ? '' : `{${labels}}`);

function written(labels: Labels): string {
  const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}
