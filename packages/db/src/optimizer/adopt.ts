import type { AdoptMapping } from '@repo/migrate/config';

const TENANT =
  'the running backend names no tenant in its session, and would see no row of tables that it does not own';

/** Where the running optimizer and its specification differ in more than definitions. */
export const adopt: AdoptMapping = {
  tables: {
    plans: {
      columns: {
        monthly_credits: {
          rule: 'plans keep the credits that they have, 200 for the free plan where it was so installed',
        },
      },
    },
    app_instances: {
      columns: {
        credits_total: { rule: 'shops keep the credits that they have; the default becomes the 100 of the seed' },
      },
      waits: { 'row security': TENANT },
    },
    jobs: { waits: { 'row security': TENANT } },
    job_items: {
      waits: { 'row security': TENANT },
      rows: [
        {
          rule: 'an item of a job that is gone: what the delete rule would have removed',
          where: 'NOT EXISTS (SELECT FROM optimizer.jobs WHERE jobs.id = job_items.job_id)',
          quarantine: true,
        },
      ],
    },
    publish_logs: { waits: { 'row security': TENANT } },
  },
};
