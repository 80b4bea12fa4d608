import { createRequire, enableCompileCache } from 'node:module';

// Compiled code is kept between runs, where the machine has a writable temporary folder.
enableCompileCache();

/** Entry of the bundle: the program lies beside it, in one file that is required, which takes Node half the time of importing it. */
createRequire(import.meta.url)('./db.cjs');
