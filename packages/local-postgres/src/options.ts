import { LocalPostgresError } from './errors.ts';
import type { StartOptions } from './types.ts';
import { parseVersion } from './versions.ts';

const sources = ['auto', 'docker', 'embedded'];

/** Refuses what cannot mean anything, before anything is touched. The caller may be untyped JavaScript.
 *  @throws {LocalPostgresError} LP_UNKNOWN_VERSION, LP_BAD_OPTION */
export function checkOptions(options: StartOptions): void {
  const { version, port, source, persist, url, settings = {} } = options;
  if (version !== undefined) parseVersion(version, '`version`');
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw badOption('`port` to be a whole number from 1 to 65535', port, 'give such a number, or none for a free port');
  }
  if (source !== undefined && !sources.includes(source)) {
    throw badOption(
      `\`source\` to be one of ${sources.join(', ')}`,
      source,
      'give one of these, or `url` for a running server',
    );
  }
  if (persist !== undefined && (typeof persist !== 'string' || persist.trim() === '')) {
    throw badOption('`persist` to be a folder', persist, 'give a path, or leave `persist` out for throwaway data');
  }
  if (url !== undefined && !/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new LocalPostgresError('LP_URL_INVALID', {
      expected: '`url` to be a connection string such as postgres://user:password@host:5432/database',
      got: URL.parse(url) === null ? 'text that is not a URL' : `a URL that starts with ${URL.parse(url)?.protocol}`,
      fix: 'correct it, with special characters in the password percent-encoded, or leave it out',
    });
  }
  const wrong = Object.entries(settings).find(
    ([name, value]) => !/^[a-z_][\w.]*$/i.test(name) || typeof value !== 'string',
  );
  if (wrong !== undefined)
    throw badOption('`settings` to map setting names to strings', wrong, 'write it as in postgresql.conf');
}

export function badOption(expected: string, got: unknown, fix: string): LocalPostgresError {
  return new LocalPostgresError('LP_BAD_OPTION', { expected, got: JSON.stringify(got) ?? String(got), fix });
}
