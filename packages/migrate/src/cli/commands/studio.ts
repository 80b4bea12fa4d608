import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawnKit } from '../../author/drizzle-kit.ts';
import { openSession } from '../../connect/session.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { refuseProduction } from '../../history/production.ts';
import type { Context, Outcome } from '../command.ts';

interface Options {
  readonly port: string;
  readonly host: string;
  readonly confirm?: string;
}

/** Runs drizzle-kit's Studio until it is interrupted. The URL goes to it by its environment: no file and no command line holds it. */
export async function run(context: Context, { port, host, confirm }: Options): Promise<Outcome> {
  const { out, root } = context;
  const [domain, ...others] = context.domains;
  if (domain === undefined || others.length > 0)
    throw new DbError('DB_USAGE', { why: 'studio is about one domain: expected exactly one --domain' });
  if (!/^\d{1,5}$/.test(port)) throw new DbError('DB_USAGE', { why: `--port: expected a number, got ${port}` });
  const target = context.target(domain);
  {
    await using session = await openSession(target, { app: 'db studio', readOnly: true });
    await refuseProduction(session, 'studio, which can change rows,', confirm);
  }
  const folder = mkdtempSync(join(tmpdir(), 'db-studio-'));
  // Also where Ctrl-C ends us at once.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const base = pathToFileURL(resolve(root, domain.generator)).href;
  const config = join(folder, 'studio.config.mjs');
  writeFileSync(
    config,
    `import base from ${JSON.stringify(base)};\nexport default { ...base, schemaFilter: [${JSON.stringify(domain.schema)}], dbCredentials: { url: process.env.DB_STUDIO_URL } };\n`,
  );
  out.talk(
    `${out.paintTalk('bold', domain.name)} → ${target.label}; Studio listens on ${host}:${port}, stop with Ctrl-C`,
  );
  const args = ['studio', '--config', config, '--port', port, '--host', host];
  const exit = await spawnKit(root, args, { ...context.environment, DB_STUDIO_URL: target.url });
  if (exit !== 0)
    throw new DbError('DB_GENERATE', { why: `drizzle-kit studio ended with ${exit}`, fix: 'see what it printed' });
  return { exit: EXIT.ok, code: 'OK', domains: [{ domain: domain.name, target: target.label }] };
}
