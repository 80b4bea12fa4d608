/* The process in which drizzle-kit runs. It loads the program once, which is most of the time of a call, and answers calls one after the
   other. JavaScript, as the bin is: with the cache nothing is compiled a second time. */
import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';

enableCompileCache();
const loading = import(pathToFileURL(process.argv[2]).href);
let answered = Promise.resolve();

process.on('message', ({ command, options }) => {
  answered = answered.then(async () => process.send(await run(command, options)));
});
// Nobody waits for an answer any more.
process.on('disconnect', () => process.exit());

async function run(command, options) {
  try {
    return await (await loading)[command](options);
  } catch (error) {
    return { status: 'error', error: { message: error instanceof Error ? error.message : String(error) } };
  }
}
