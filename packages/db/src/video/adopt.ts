import type { AdoptMapping } from '@repo/migrate/config';

const IMAGES = 'the running bot inserts image requests, which have no length, resolution or sound';
const SHAPES = 'the running bot inserts image requests, which have five shapes';

/** The running bot keeps images in the same table; the seed knows videos only. */
export const adopt: AdoptMapping = {
  tables: {
    video_requests: {
      columns: {
        created_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
        started_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
        completed_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
      },
      waits: {
        'duration_seconds not null': IMAGES,
        'resolution not null': IMAGES,
        'generate_audio not null': IMAGES,
        video_requests_duration_seconds_check: IMAGES,
        video_requests_resolution_check: IMAGES,
        video_requests_aspect_ratio_check: SHAPES,
      },
      rows: [
        {
          rule: 'an image request, or one of a length, shape or resolution that no video has: it is no video request',
          where: `num_nulls(duration_seconds, resolution, generate_audio) > 0 OR duration_seconds NOT IN (4, 6, 8)
            OR resolution NOT IN ('720p', '1080p') OR aspect_ratio NOT IN ('16:9', '9:16')`,
          quarantine: true,
        },
      ],
    },
  },
};
