import type { z } from 'zod';
import type { itemSchema, jobSchema, meSchema, publicationSchema, publishLogSchema } from '../../src/http/schemas.ts';

type Row = z.infer<typeof jobSchema> & z.infer<typeof itemSchema> & z.infer<typeof publishLogSchema>;

/** Whatever the JSON of an answer may hold, of all kinds at once: which of it is there a test says by its expectations. */
export type AnswerBody = z.infer<typeof jobSchema> &
  z.infer<typeof meSchema> & {
    readonly rows: readonly Row[];
    readonly next: string | null;
    readonly results: readonly z.infer<typeof publicationSchema>[];
    readonly code: string;
    readonly detail: string;
  };
