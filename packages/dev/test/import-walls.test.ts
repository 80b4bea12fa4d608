import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const biome = createRequire(join(root, 'package.json')).resolve('@biomejs/biome/bin/biome');

/** Who may not import what, and a word of the reason. */
const WALLS = [
  ['packages/migrate/src/apply/x.ts', '@repo/db', 'never imports db'],
  ['packages/migrate/src/apply/x.ts', '@repo/db/optimizer', 'never imports db'],
  ['packages/migrate/src/apply/x.ts', '@supabase/pg-delta/plan', 'diff library'],
  ['packages/migrate/src/apply/x.ts', '@repo/local-postgres', 'author/'],
  ['packages/migrate/src/plan/x.ts', 'node:fs/promises', 'pure'],
  ['packages/migrate/src/plan/x.ts', 'postgres', 'pure'],
  ['packages/migrate/src/plan/x.ts', '../connect/session.ts', 'pure'],
  ['packages/migrate/src/sql/x.ts', '../files/read-history.ts', 'pure'],
  ['packages/migrate/src/script/x.ts', '../catalog/read-catalog.ts', 'pure'],
  ['packages/migrate/src/lint/rules/x.ts', 'node:fs', 'pure'],
  ['packages/migrate/src/files/parse-migration.ts', 'node:fs', 'pure'],
  ['packages/migrate/src/files/parse-migration.ts', './read-history.ts', 'pure'],
  ['packages/db/src/client.ts', '@repo/migrate', 'configuration types'],
  ['packages/db/src/bot/seed.ts', '@repo/local-postgres', 'Only tests'],
  ['packages/db/src/client.ts', '../../migrate/src/index.ts', 'exports only'],
  ['packages/dev/src/start/x.ts', '../../../db/src/index.ts', 'exports only'],
  ['packages/local-postgres/src/x.ts', '@repo/db', 'stands alone'],
  ['apps/optimizer-api/src/x.ts', '@repo/migrate', '@repo/db only'],
  ['apps/optimizer-api/src/x.ts', '@repo/local-postgres', '@repo/db only'],
  ['apps/optimizer-api/src/services/x.ts', '@repo/db/sql', 'queries/ only'],
  ['apps/optimizer-api/test/x.ts', '@repo/migrate', 'tests import'],
  ['packages/db/src/client.ts', '../../../apps/optimizer-api/src/x.ts', 'Nothing imports an app'],
] as const;

const DOORS = [
  ['packages/db/src/migrate.ts', '@repo/migrate/start'],
  ['packages/db/src/bot/objects.ts', '@repo/migrate/config'],
  ['packages/migrate/src/author/x.ts', '@repo/local-postgres'],
  ['packages/migrate/src/plan/x.ts', '../sql/touches.ts'],
  ['packages/migrate/src/script/x.ts', '../catalog/catalog.ts'],
  ['packages/migrate/src/catalog/residual.ts', '@supabase/pg-delta/plan'],
  ['apps/optimizer-api/src/x.ts', '@repo/db/optimizer'],
  ['apps/optimizer-api/src/queries/x.ts', '@repo/db/sql'],
  ['apps/optimizer-api/test/x.ts', '@repo/local-postgres/vitest'],
] as const;

const ANYWHERE = 'packages/db/src/x.ts';
const PURE = 'packages/migrate/src/plan/x.ts';

const HOUSE_RULES = [
  ['process.env stays in env.ts', ANYWHERE, "export const x = process.env['HOME'];", 'noProcessEnv'],
  ['console stays out', ANYWHERE, "export const x = () => console.log('x');", 'noConsole'],
  ['no any', ANYWHERE, 'export const x = (y: any) => y;', 'noExplicitAny'],
  ['no non-null assertion', ANYWHERE, 'export const x = (y?: string) => y!;', 'noNonNullAssertion'],
  ['no enum', ANYWHERE, 'export enum X { A }', 'noEnum'],
  ['a pure room does not look at the clock', PURE, 'export const x = () => Date.now();', 'no clock'],
  ['nor at the date', PURE, 'export const x = () => new Date();', 'no clock'],
  ['nor at the time that went by', PURE, 'export const x = () => performance.now();', 'noRestrictedGlobals'],
  ['and does not wait', PURE, 'export const x = () => setTimeout(() => {}, 1);', 'noRestrictedGlobals'],
] as const;

const imports = (specifier: string) => `import { x } from '${specifier}';\nexport const y = x;\n`;

/** One file a probe, all linted in one run of the real configuration. Rooms that are named by file keep the file's name. */
const probes = [
  ...WALLS.map(([path, specifier]) => ({ path, source: imports(specifier) })),
  ...DOORS.map(([path, specifier]) => ({ path, source: imports(specifier) })),
  ...HOUSE_RULES.map(([, path, source]) => ({ path, source })),
].map(({ path, source }, number) => ({
  path: /(parse-migration|residual)\.ts$/.test(path) ? path : join(dirname(path), `probe${number}.ts`),
  source,
}));

let folder: string;
/** Category and message of each probe's findings. */
let reports: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'walls-'));
  for (const file of ['biome.json', 'packages/migrate/no-clock.grit']) cpSync(join(root, file), join(folder, file));
  for (const { path, source } of probes) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  const args = [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { location: { path: string } }[] };
  reports = probes.map(({ path }) =>
    JSON.stringify(diagnostics.filter(({ location }) => location.path.endsWith(path))),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(WALLS.map(([path, specifier, message], number) => ({ path, specifier, message, number })))(
  '$path may not import $specifier',
  ({ message, number }) => {
    expect(reports[number]).toContain(message);
  },
);

test.each(DOORS.map(([path, specifier], number) => ({ path, specifier, number: WALLS.length + number })))(
  '$path may import $specifier',
  ({ number }) => {
    expect(reports[number]).not.toContain('noRestrictedImports');
  },
);

test.each(
  HOUSE_RULES.map(([name, , , rule], number) => ({ name, rule, number: WALLS.length + DOORS.length + number })),
)('$name', ({ rule, number }) => {
  expect(reports[number]).toContain(rule);
});

test('a package cannot be entered past its exports', () => {
  const run = () =>
    execFileSync(process.execPath, ['--input-type=module', '-e', "await import('@repo/db/src/client.ts')"], {
      cwd: join(root, 'packages/dev'),
      stdio: 'pipe',
    });
  expect(run).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
