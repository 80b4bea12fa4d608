import { migrateDomain, parseTarget } from '@repo/migrate';
import { domain } from '../synthetic/domain.ts';
import { report } from './report.ts';

await report(async (url, root) => {
  await migrateDomain(domain, { root, target: parseTarget(url, 'bench') });
});
