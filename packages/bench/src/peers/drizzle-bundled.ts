import { drizzleMigrate } from './drizzle-migrate.ts';
import { report } from './report.ts';

await report(drizzleMigrate);
