import { DbError } from '../errors/db-error.ts';
import { readTlsFiles, TLS_FILES, type TlsFiles } from './tls-files.ts';

/** Where a connection goes: the URL (a secret) and what may be shown of it. */
export interface Target {
  readonly url: string;
  /** `user@host:port/database`, never the password. */
  readonly label: string;
  readonly database: string;
  /** Empty where the URL names none. */
  readonly user: string;
  /** Folder of a Unix socket. NULL: TCP. */
  readonly socket: string | null;
  /** True where the URL insists on TLS. */
  readonly tls: boolean;
  /** Certificates from files that the URL names. Absent: it names none. */
  readonly certificates?: TlsFiles;
  /** The same files, for PostgreSQL's own programs. */
  readonly libpqFiles?: Readonly<Record<string, string>>;
  /** Seconds to wait for the server's first answer. Absent: 10. */
  readonly connectTimeoutSeconds?: number;
}

const ENCODED = 'percent-encoded (% is %25, @ is %40, / is %2F, : is %3A, # is %23, ? is %3F)';
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Parses a connection URL without ever showing it. `from` names where it was found, for the message. A Unix socket's folder is the
 *  parameter `host`: `postgresql://user@localhost/app?host=/var/run/postgresql`.
 *  @throws {DbError} DB_URL_INVALID */
export function parseTarget(url: string, from: string): Target {
  const wrong = (why: string) => new DbError('DB_URL_INVALID', { why: `${from} ${why}` });
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!/^postgres(ql)?:/.test(url)) throw wrong('is not a postgresql:// URL');
  if (parsed === undefined) throw wrong(`cannot be read: is the port a number, and is the password ${ENCODED}?`);
  const database = decoded(parsed.pathname.slice(1));
  const user = decoded(parsed.username);
  if (database === undefined || user === undefined || decoded(parsed.password) === undefined)
    throw wrong(`has a % that encodes nothing: is the password ${ENCODED}?`);
  if (database === '') throw wrong('names no database');
  // What follows an unencoded @, : or / of a password would be taken for a database, and shown.
  if (/[@:/]/.test(database)) throw wrong(`has more behind its host than a database: is the password ${ENCODED}?`);
  const mode = parsed.searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode))
    throw wrong(`has an unknown sslmode: expected one of ${SSL_MODES.join(', ')}`);
  const socket = parsed.searchParams.get('host');
  parsed.searchParams.delete('host');
  const place = socket ?? parsed.host;
  const tls = mode !== null && SSL_MODES.indexOf(mode) > 2;
  const certificates = readTlsFiles(parsed, wrong);
  const libpqFiles = Object.fromEntries(
    Object.entries(TLS_FILES).flatMap(([name, variable]) => {
      const file = parsed.searchParams.get(name);
      parsed.searchParams.delete(name);
      return file === null ? [] : [[variable, file]];
    }),
  );
  const isPlain = socket === null && Object.keys(libpqFiles).length === 0;
  return {
    url: isPlain ? url : parsed.href,
    ...(certificates === undefined ? {} : { certificates }),
    libpqFiles,
    database,
    user,
    socket,
    tls,
    label: `${user === '' ? '' : `${user}@`}${place}/${database}`,
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Where the driver connects to: what stands in no URL, for it would take a certificate's path for a setting of the session. */
export function driverAddress({ socket, certificates }: Target): { readonly host?: string; readonly ssl?: TlsFiles } {
  return { ...(socket === null ? {} : { host: socket }), ...(certificates === undefined ? {} : { ssl: certificates }) };
}
