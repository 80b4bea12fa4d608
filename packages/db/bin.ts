import module from 'node:module';

/** The oldest major that has what the program calls. */
const NODE = 22;

// Both the check and what stands above it must run on an older Node.
if (Number.parseInt(process.versions.node, 10) < NODE) {
  process.stderr.write(`DB_USAGE: expected Node ${NODE} or newer, got ${process.versions.node}\n`);
  process.exitCode = 64;
} else {
  // Compiled code is kept between runs, where the machine has a writable temporary folder.
  module.enableCompileCache();
  // Entry of the bundle: the program lies beside it, in one file that is required, which takes Node half the time of importing it.
  module.createRequire(import.meta.url)('./db.cjs');
}
