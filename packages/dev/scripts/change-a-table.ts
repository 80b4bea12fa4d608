import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from '@repo/local-postgres';
import { root } from '../src/env.ts';
import { output } from '../src/output.ts';
import { type Copy, copyOfDomains } from './change-a-table/copy.ts';
import { INTRODUCTION, SCENES, type Step } from './change-a-table/scenes.ts';

/* Writes docs/guide/change-a-table.md by doing what it tells, in a copy of packages/db and on a server of its own:
   pnpm exec node packages/dev/scripts/change-a-table.ts */

const PAGE = join(root, 'docs/guide/change-a-table.md');

async function write(): Promise<void> {
  await using server = await startPostgres({ source: 'embedded' });
  await using copy = await copyOfDomains(server.url);
  await copy.db('migrate', '--domain', 'video', '--quiet');
  await copy.db('seed', '--demo', '--rows', '200', '--domain', 'video', '--quiet');
  const parts = [INTRODUCTION];
  for (const { title, steps } of SCENES) {
    output.data(title);
    parts.push(`## ${title}\n`);
    for (const step of steps) parts.push(...(await play(step, copy)));
  }
  await writeFile(PAGE, parts.join('\n'));
  output.data('docs/guide/change-a-table.md: written');
}

async function play(step: Step, copy: Copy): Promise<readonly string[]> {
  if ('say' in step)
    return [
      `${step.say}
`,
    ];
  if ('edit' in step) {
    await copy.edit(step.edit, step.from, step.to);
    return step.shown === '' ? [] : [fence('ts', step.shown ?? step.to.trim())];
  }
  if ('purpose' in step) {
    await copy.sayPurpose(step.purpose);
    return [];
  }
  if ('write' in step) {
    await copy.writeNewest(step.write);
    return [fence('sql', step.write.trim())];
  }
  if ('show' in step) return [fence('sql', (await copy.readNewest(step.show, step.back ?? 0)).trim())];
  const args = await Promise.all(step.run.map(async (word) => (word === '<newest>' ? await copy.newest() : word)));
  return [fence('console', `$ pnpm --silent db ${args.join(' ')}\n${await copy.db(...args)}`.trimEnd())];
}

const fence = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\`\n`;

if (import.meta.main) await write();
