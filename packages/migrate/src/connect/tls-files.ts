import { readFileSync } from 'node:fs';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** What the driver hands to Node's TLS. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity: (name: string, certificate: PeerCertificate) => Error | undefined;
}

/** libpq's names of files with certificates, as a URL or its environment has them. */
export const TLS_FILES = { sslrootcert: 'PGSSLROOTCERT', sslcert: 'PGSSLCERT', sslkey: 'PGSSLKEY' } as const;

/** Reads the files that a URL names for TLS; undefined where it names none. As in libpq, an authority makes `require` look at who signed
 *  the certificate, and only verify-full at its name. `wrong` makes the error of a file that cannot be read. */
export function readTlsFiles(url: URL, wrong: (why: string) => Error): TlsFiles | undefined {
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  const read = (name: keyof typeof TLS_FILES) => {
    const path = url.searchParams.get(name);
    if (path === null || path === 'system') return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw wrong(`has ${name}=${path}, which cannot be read (${code})`);
    }
  };
  const [ca, cert, key] = [read('sslrootcert'), read('sslcert'), read('sslkey')];
  const isNamed = Object.keys(TLS_FILES).some((name) => url.searchParams.has(name));
  if (!isNamed || mode === 'disable') return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: url.searchParams.has('sslrootcert') || mode.startsWith('verify-'),
    // Node is told no name where the host is an address.
    checkServerIdentity: (_, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(url.hostname.replace(/^\[|\]$/g, ''), certificate) : undefined,
  };
}
