import { type DomainConfig, type DomainModule, defineConfig } from '@repo/migrate/config';

function domain(name: string, load: () => Promise<{ domain: DomainModule }>): DomainConfig {
  return {
    name,
    schema: name,
    migrations: `migrations/${name}`,
    generator: `drizzle/${name}.config.ts`,
    load: async () => (await load()).domain,
  };
}

/** Hands the five domains to the engine, in the order in which they are migrated. */
export default defineConfig({
  domains: [
    domain('bot', () => import('./src/bot/domain.ts')),
    domain('audit', () => import('./src/audit/domain.ts')),
    domain('video', () => import('./src/video/domain.ts')),
    domain('optimizer', () => import('./src/optimizer/domain.ts')),
    domain('train', () => import('./src/train/domain.ts')),
  ],
});
