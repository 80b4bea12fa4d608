import { defineRelations } from 'drizzle-orm';
import { appInstances, jobItems, jobs, plans, publishLogs } from './schema.ts';

/** For relational queries: plan → instances → jobs → items, and instances → publish logs. */
export const relations = defineRelations({ plans, appInstances, jobs, jobItems, publishLogs }, (r) => ({
  plans: { appInstances: r.many.appInstances() },
  appInstances: {
    plan: r.one.plans({ from: r.appInstances.planId, to: r.plans.id, optional: false }),
    jobs: r.many.jobs(),
    publishLogs: r.many.publishLogs(),
  },
  jobs: {
    appInstance: r.one.appInstances({ from: r.jobs.instanceId, to: r.appInstances.instanceId, optional: false }),
    items: r.many.jobItems(),
  },
  jobItems: { job: r.one.jobs({ from: r.jobItems.jobId, to: r.jobs.id, optional: false }) },
  publishLogs: {
    appInstance: r.one.appInstances({ from: r.publishLogs.instanceId, to: r.appInstances.instanceId, optional: false }),
  },
}));
