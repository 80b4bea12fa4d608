/** Runs a migrator in a process of its own, `node <script> <url> <project folder>`, and prints as the last line of stdout how many
 *  milliseconds it took: from the end of the imports to the end of its connection. */
export async function report(work: (url: string, folder: string) => Promise<void>): Promise<void> {
  const [url = '', folder = ''] = process.argv.slice(2);
  const started = performance.now();
  await work(url, folder);
  process.stdout.write(`\n${JSON.stringify({ ms: performance.now() - started })}\n`);
}
