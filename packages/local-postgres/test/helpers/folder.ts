import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test, removed with all that is in it. Its name has a space and a quote, as people's folders do. */
export function temporaryFolder(mode = 0o755): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "local postgres' test "));
  chmodSync(path, mode);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
