import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('..', import.meta.url));

/** Remembers where it was called from; the text is made when it is asked for, since the making is what costs. undefined: the client is
 *  bundled with the program. */
export function callSite(): () => string | undefined {
  const at: { stack?: string } = {};
  Error.captureStackTrace(at, callSite);
  return () => {
    const frames = at.stack?.replaceAll('file://', '').split('\n').slice(1) ?? [];
    const frame = frames.find((line) => !line.includes(CLIENT) && !line.includes('node:'));
    return frame?.trim().replace(/^at /, '');
  };
}
