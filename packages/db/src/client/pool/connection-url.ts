import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { readServerEnv } from '../../env.ts';
import { DbClientError } from '../../errors.ts';
import type { Tls } from './tls.ts';

export interface Host {
  /** Name or address; without brackets for IPv6. */
  readonly name: string;
  readonly port: number;
}

/** What postgres.js does not understand of a URL, or would send to the server as a setting. */
export interface ConnectionUrl {
  /** One host, and without the parts below. */
  readonly url: string;
  /** At least one, in the URL's order. */
  readonly hosts: readonly [Host, ...Host[]];
  /** Whether the host that takes writes is looked for: several hosts, unless the URL says any. */
  readonly wantsPrimary: boolean;
  /** undefined: no TLS. */
  readonly tls: Tls | undefined;
  /** Folder of a unix socket, for example /cloudsql/project:region:instance. */
  readonly socketFolder: string | undefined;
}

const URL_FORM = /^postgres(?:ql)?:\/\/(?:[^@/?]*@)?([^/?]*)/;

/** Parses postgresql://user:p%40ss@host:5432,host2:5432/database?sslmode=verify-full&sslrootcert=ca.pem&host=/folder.
 *  Without a host PGHOST and PGPORT say it.
 *  @throws {DbClientError} DB_CLIENT_URL_INVALID; the URL itself is not quoted */
export function parseConnectionUrl(given: string): ConnectionUrl {
  const { text, folder } = withServerEnv(given);
  const hostList = URL_FORM.exec(text)?.[1];
  const [first = '', ...more] = hostList?.split(',') ?? [];
  const [base = '', query = ''] = text.split('?', 2);
  const url = hostList === undefined || more.length === 0 ? base : base.replace(hostList, first);
  if (hostList === undefined || !URL.canParse(url))
    throw invalid('url is not postgresql://user:password@host:5432/database');
  const params = new URLSearchParams(query);
  const take = (name: string) => {
    const value = params.get(name) ?? undefined;
    params.delete(name);
    return value;
  };
  const tls = parseTls(take('sslmode'), take('sslrootcert'), take('sslcert'), take('sslkey'));
  const wantsPrimary = parseTarget(take('target_session_attrs'), more.length > 0);
  const socketFolder = take('host') ?? folder;
  const rest = params.toString();
  const hosts = [parseHost(first), ...more.map(parseHost)] as const;
  return { url: rest === '' ? url : `${url}?${rest}`, hosts, wantsPrimary, tls, socketFolder };
}

/** PGHOST is one host or several, or the folder of a unix socket. */
function withServerEnv(text: string): { readonly text: string; readonly folder?: string } {
  const { host, port } = readServerEnv();
  if (URL_FORM.exec(text)?.[1] !== '') return { text };
  if (host?.startsWith('/')) return { text: withHost(text, `localhost:${port}`), folder: host };
  const names = host?.split(',') ?? ['localhost'];
  return { text: withHost(text, names.map((name) => `${isIPv6(name) ? `[${name}]` : name}:${port}`).join()) };
}

function withHost(text: string, hosts: string): string {
  return text.replace(/^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)/, (start) => start + hosts);
}

function parseHost(text: string): Host {
  const [, bracketed, name, port = '5432'] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? name;
  if (host === undefined) throw invalid('a host is not written as name:5432');
  return { name: host === '' ? 'localhost' : decodeURIComponent(host), port: Number(port) };
}

function parseTarget(target: string | undefined, several: boolean): boolean {
  if (target === undefined || target === 'any') return target === undefined && several;
  if (target === 'primary' || target === 'read-write') return true;
  throw invalid(`target_session_attrs: expected primary or any, got ${target}; a replica is named in replicas`);
}

/** verify-ca checks who signed the certificate, verify-full also that it is this host's.
 *  Source: PostgreSQL manual, "SSL Support in libpq" */
function parseTls(mode = 'disable', ca?: string, cert?: string, key?: string): Tls | undefined {
  if (mode === 'disable') return undefined;
  const certificates = {
    ...(cert !== undefined && { cert: readPem('sslcert', cert) }),
    ...(key !== undefined && { key: readPem('sslkey', key) }),
  };
  if (mode === 'allow' || mode === 'prefer') return { ...certificates, mode: 'prefer' };
  if (mode === 'require' && ca === undefined) return { ...certificates, mode };
  if (mode !== 'require' && mode !== 'verify-ca' && mode !== 'verify-full')
    throw invalid(`sslmode: expected disable, prefer, require, verify-ca or verify-full, got ${mode}`);
  const trusted = ca !== undefined && ca !== 'system' && { ca: readPem('sslrootcert', ca) };
  return { ...certificates, ...trusted, mode: mode === 'verify-full' ? mode : 'verify-ca' };
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
