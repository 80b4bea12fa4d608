import { type AllowedDrift, type DomainConfig, type DomainModule, defineConfig } from '@repo/migrate/config';

/** `drift`: differences between a live database and the migrations that `db drift` and `db verify` accept, each with its reason. */
function domain(
  name: string,
  load: () => Promise<{ domain: DomainModule }>,
  drift: readonly AllowedDrift[] = [],
): DomainConfig {
  return {
    name,
    schema: name,
    migrations: `migrations/${name}`,
    generator: `drizzle/${name}.config.ts`,
    drift,
    roles: { app: `${name}_app`, worker: `${name}_worker`, readOnly: `${name}_read` },
    load: async () => (await load()).domain,
  };
}

/** Hands the five domains to the engine, in the order in which they are migrated. */
export default defineConfig({
  generated: {
    pages: '../../docs',
    schema: { folder: '../../docs/schema', source: (name) => `src/${name}` },
    script: 'initdb/10-schema.sql',
    command: 'pnpm db:pages',
  },
  roles: { owner: 'repo_owner', migrator: 'repo_migrator' },
  domains: [
    domain('bot', () => import('./src/bot/domain.ts')),
    domain('audit', () => import('./src/audit/domain.ts')),
    domain('video', () => import('./src/video/domain.ts')),
    domain('optimizer', () => import('./src/optimizer/domain.ts')),
    domain('train', () => import('./src/train/domain.ts')),
  ],
});
