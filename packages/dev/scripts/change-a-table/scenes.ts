/** One line of the story: words, an edit, a command, or a file that is shown. */
export type Step =
  | { readonly say: string }
  | {
      readonly edit: string;
      readonly from: string;
      readonly to: string;
      /** Instead of `to`; empty: not shown. */
      readonly shown?: string;
    }
  | { readonly run: readonly string[] }
  /** Written into every new migration, as a person does. */
  | { readonly purpose: string }
  | { readonly write: string }
  | { readonly show: 'migration.sql' | 'down.sql'; readonly back?: number };

export interface Scene {
  readonly title: string;
  readonly steps: readonly Step[];
}

const SCHEMA = 'src/video/schema.ts';
const AFTER = "    completedAt: timestamptz('completed_at'),\n";
const INDEX = "    // A member's requests, newest first;";
const run = (...args: readonly string[]): Step => ({ run: args });
const generate = (name: string) => run('generate', '--domain', 'video', '--name', name);
const migrate = run('migrate', '--domain', 'video');

export const INTRODUCTION = `# Changing a table, from the edit to the way back

A transcript: \`pnpm exec node packages/dev/scripts/change-a-table.ts\` has done all of this, in a copy of \`packages/db\` and on a
database with 200 demo requests, and has written down what it saw. \`pnpm\` stands for \`npx --yes --prefer-offline pnpm@12.21.0\`.
Between \`generate\` and \`migrate\` a person reads the files and writes their purpose; that is not shown. The rules:
[migration files](../migration-files.md). Recipes: [adding a migration](add-a-migration.md).
`;

export const SCENES: readonly Scene[] = [
  {
    title: 'Add a column',
    steps: [
      { say: 'In `packages/db/src/video/schema.ts`, among the columns of `videoRequests`:' },
      {
        edit: SCHEMA,
        from: AFTER,
        to: `${AFTER}    /** When the member withdrew the request. NULL: never. */\n    cancelledAt: timestamptz('cancelled_at'),\n`,
        shown: "/** When the member withdrew the request. NULL: never. */\ncancelledAt: timestamptz('cancelled_at'),",
      },
      generate('add_cancelled_at'),
      { say: 'The new `migration.sql`, and the `down.sql` beside it:' },
      { show: 'migration.sql' },
      { show: 'down.sql' },
      { purpose: 'members may withdraw a request; operators want to see when.' },
      run('check', '--domain', 'video'),
      migrate,
    ],
  },
  {
    title: 'Rename it',
    steps: [
      {
        say: 'A generator cannot know a rename from a drop. A note beside the column says it; without one it asks, or off a terminal exits 3:',
      },
      {
        edit: SCHEMA,
        from: "    cancelledAt: timestamptz('cancelled_at'),\n",
        to: "    withdrawnAt: timestamptz('withdrawn_at'), // was: cancelled_at\n",
      },
      generate('rename_cancelled_at'),
      {
        say: 'The build that runs says the old name, so for a time the column has both: the first file adds the new one and a trigger that keeps them equal, the second fills it, the third lets it take over. The last one, which takes the old name away, waits while an older build is connected ([renaming](rename-a-column.md)):',
      },
      { show: 'migration.sql' },
      { say: 'No value is lost on the way back: it fills the old column from the new one.' },
      { show: 'down.sql' },
      { purpose: 'the bot calls it withdrawn everywhere else.' },
      run('check', '--domain', 'video'),
      migrate,
    ],
  },
  {
    title: 'Index it, and forbid what may not be',
    steps: [
      {
        say: 'Every table that was there before counts as large. What would stop its writers is written in a form that does not, in as many folders as that takes:',
      },
      {
        edit: SCHEMA,
        from: INDEX,
        to: `    check('video_requests_duration_ms_check', gte(t.durationMs, 0)),\n    index('idx_video_requests_withdrawn').on(t.withdrawnAt.desc().nullsFirst()),\n${INDEX}`,
        shown:
          "check('video_requests_duration_ms_check', gte(t.durationMs, 0)),\nindex('idx_video_requests_withdrawn').on(t.withdrawnAt.desc().nullsFirst()),",
      },
      {
        edit: SCHEMA,
        from: "import { inArray } from 'drizzle-orm';",
        to: "import { gte, inArray } from 'drizzle-orm';",
      },
      generate('index_withdrawn'),
      { show: 'migration.sql' },
      { show: 'down.sql' },
      { purpose: 'operators list withdrawn requests; no video takes less than no time.' },
      migrate,
    ],
  },
  {
    title: 'Make it wider',
    steps: [
      {
        say: 'Another type rewrites the table under a lock that stops readers, too. So the column is swapped: a new one beside it, kept equal by a trigger, filled in batches, and exchanged in a moment.',
      },
      {
        edit: SCHEMA,
        from: "    durationMs: integer('duration_ms'),",
        to: "    durationMs: bigint('duration_ms', { mode: 'number' }),",
      },
      {
        edit: SCHEMA,
        from: 'import { boolean,',
        to: 'import { bigint, boolean,',
        shown: "import { bigint, boolean, … } from 'drizzle-orm/pg-core';",
      },
      generate('wider_duration'),
      { purpose: 'milliseconds of a long video do not fit into 32 bits for ever.' },
      migrate,
      run('verify', '--domain', 'video'),
    ],
  },
  {
    title: 'Take it away',
    steps: [
      { say: 'Without the column, its index and its note:' },
      {
        edit: SCHEMA,
        from: "    /** When the member withdrew the request. NULL: never. */\n    withdrawnAt: timestamptz('withdrawn_at'), // was: cancelled_at\n",
        to: '',
        shown: "withdrawnAt: timestamptz('withdrawn_at'), // taken out, and idx_video_requests_withdrawn",
      },
      {
        edit: SCHEMA,
        from: "    index('idx_video_requests_withdrawn').on(t.withdrawnAt.desc().nullsFirst()),\n",
        to: '',
        shown: '',
      },
      generate('drop_withdrawn'),
      {
        say: 'The column goes in a file of its own, which waits while an older build is connected ([dropping](drop-a-column.md)). What cannot come back is said in the header of its way back:',
      },
      { show: 'down.sql' },
      { purpose: 'nobody withdraws a request after all.' },
      migrate,
    ],
  },
  {
    title: 'Go back',
    steps: [
      run('rollback', '--domain', 'video', '--steps', '1', '--dry-run'),
      run('rollback', '--domain', 'video', '--steps', '1'),
      migrate,
    ],
  },
  {
    title: 'By hand',
    steps: [
      { say: 'What no schema declares, a correction of rows say, is written by a person. `create` makes the folder:' },
      run('create', '--domain', 'video', 'end_lost_requests'),
      { say: 'Below its header:' },
      {
        write:
          'UPDATE "video"."video_requests" SET "status" = \'timeout\', "completed_at" = now()\nWHERE "status" = \'generating\' AND "started_at" < now() - interval \'1 day\';\n',
      },
      { purpose: 'requests whose worker died are shown as running for ever.' },
      { say: 'and `prove` runs it there and back on made-up rows, writes its way back, and shows hazards:' },
      run('prove', '<newest>'),
      { show: 'down.sql' },
      migrate,
    ],
  },
];
