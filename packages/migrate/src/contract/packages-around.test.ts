import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagesAround } from './packages-around.ts';

test('whoever depends on the package is found wherever it lies, also by way of another; nobody else is', () => {
  const root = mkdtempSync(join(tmpdir(), 'packages-around-'));
  const write = (at: string, name: string, ...needs: readonly string[]) => {
    mkdirSync(join(root, at), { recursive: true });
    const dependencies = Object.fromEntries(needs.map((need) => [need, 'workspace:*']));
    writeFileSync(join(root, at, 'package.json'), JSON.stringify({ name, dependencies }));
  };
  try {
    write('.', 'root', 'db');
    writeFileSync(join(root, 'pnpm-workspace.yaml'), "packages: ['**']\n");
    write('packages/db/migrations', 'no package of its own');
    rmSync(join(root, 'packages/db/migrations/package.json'));
    write('packages/db', 'db');
    write('backend/core/queries', 'queries', 'db');
    write('web', 'web', 'queries');
    write('apps/other', 'other', 'react');
    write('apps/other/node_modules/copy', 'copy', 'db');
    const { workspace, packages } = packagesAround(join(root, 'packages/db/migrations'));
    expect(workspace).toBe(root);
    expect(packages).toEqual(['packages/db', 'backend/core/queries', 'web'].map((at) => join(root, at)));
  } finally {
    rmSync(root, { recursive: true });
  }
});
