import { bench } from './bench.ts';
import { output } from './output.ts';

process.exitCode = await bench(process.argv.slice(2), output);
