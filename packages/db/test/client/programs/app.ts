/* What an application of one domain is for the type check: it is measured, not run. */
import { and, desc, eq } from 'drizzle-orm';
import { createDb, insertMany, paginate } from '../../../src/index.ts';
import { jobItems, jobSelectSchema, jobs } from '../../../src/optimizer/index.ts';

export async function use(url: string): Promise<unknown> {
  await using db = createDb({ domain: 'optimizer', url, app: 'app' });
  const open = await db
    .select()
    .from(jobs)
    .where(and(eq(jobs.instanceId, 'shop'), eq(jobs.status, 'PENDING')))
    .orderBy(desc(jobs.createdAt));
  const joined = await db
    .select({ id: jobs.id, product: jobItems.productId })
    .from(jobs)
    .innerJoin(jobItems, eq(jobItems.jobId, jobs.id));
  const nested = await db.query.jobs.findMany({ with: { items: true }, limit: 10 });
  const count = await db.transaction((tx) =>
    insertMany(tx, jobItems, [{ jobId: 1n, productId: 'p', attribute: 'name' }]),
  );
  const page = await paginate(db, jobs, {
    where: undefined,
    orderBy: [{ key: 'id', direction: 'desc' }],
    limit: 10,
    secret: 'sixteen or more letters',
  });
  return [open, joined, nested[0]?.items[0]?.attribute, count, page.rows[0]?.status, jobSelectSchema.parse(open[0])];
}
