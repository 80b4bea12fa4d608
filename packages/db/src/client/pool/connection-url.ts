import { readFileSync } from 'node:fs';
import { DbClientError } from '../../errors.ts';

/** What postgres.js does not understand of a URL, or would send to the server as a setting. */
export interface ConnectionUrl {
  /** Without the parts below. */
  readonly url: string;
  readonly ssl:
    | 'require'
    | 'prefer'
    | false
    | {
        readonly ca?: string;
        readonly cert?: string;
        readonly key?: string;
        readonly checkServerIdentity?: () => undefined;
      };
  /** Folder of a unix socket, for example /cloudsql/project:region:instance. */
  readonly socketFolder: string | undefined;
  /** Several hosts: the one that takes writes is wanted. */
  readonly hostCount: number;
}

/** Parses postgresql://user:p%40ss@host:5432,host2:5432/database?sslmode=verify-full&sslrootcert=ca.pem&host=/folder.
 *  @throws {DbClientError} DB_CLIENT_URL_INVALID; the URL itself is not quoted */
export function parseConnectionUrl(text: string): ConnectionUrl {
  const hosts = /^postgres(?:ql)?:\/\/(?:[^@/?]*@)?([^/?]*)/.exec(text)?.[1];
  if (hosts === undefined || !URL.canParse(text.replace(hosts, hosts.split(',')[0] ?? '') || 'x'))
    throw invalid('url is not postgresql://user:password@host:5432/database');
  const [base = '', query = ''] = text.split('?', 2);
  const params = new URLSearchParams(query);
  const take = (name: string) => {
    const value = params.get(name) ?? undefined;
    params.delete(name);
    return value;
  };
  const ssl = parseSsl(take('sslmode'), take('sslrootcert'), take('sslcert'), take('sslkey'));
  const socketFolder = take('host');
  const rest = params.toString();
  return { url: rest === '' ? base : `${base}?${rest}`, ssl, socketFolder, hostCount: hosts.split(',').length };
}

/** verify-ca checks who signed the certificate, verify-full also that it is this host's.
 *  Source: PostgreSQL manual, "SSL Support in libpq" */
function parseSsl(mode = 'disable', ca?: string, cert?: string, key?: string): ConnectionUrl['ssl'] {
  if (mode === 'disable') return false;
  if (mode === 'allow' || mode === 'prefer') return 'prefer';
  if (mode === 'require' && ca === undefined && cert === undefined) return 'require';
  if (mode !== 'require' && mode !== 'verify-ca' && mode !== 'verify-full')
    throw invalid(`sslmode: expected disable, prefer, require, verify-ca or verify-full, got ${mode}`);
  return {
    ...(ca !== undefined && ca !== 'system' && { ca: readPem('sslrootcert', ca) }),
    ...(cert !== undefined && { cert: readPem('sslcert', cert) }),
    ...(key !== undefined && { key: readPem('sslkey', key) }),
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(
      `${name}: ${path} cannot be read (${error instanceof Error && 'code' in error ? error.code : 'unknown'})`,
    );
  }
}

function invalid(why: string): DbClientError {
  return new DbClientError('DB_CLIENT_URL_INVALID', `createDb: ${why}`);
}
