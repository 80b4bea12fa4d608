const WIDTH = 24;

/** One line: label, bar, percent and counts. */
export function progressBar(label: string, done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(share * WIDTH);
  return `  ${label} ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.round(share * 100)} % ${done}/${total}`;
}
