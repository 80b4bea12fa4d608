import { inArray } from 'drizzle-orm';
import { boolean, check, index, integer, pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import { discordId } from '../columns/discord-id.ts';
import { timestamptz } from '../columns/timestamptz.ts';

/** The video-generation bot: what people asked it for, and what became of it. */
export const videoSchema = pgSchema('video');

export const VIDEO_DURATIONS_SECONDS = [4, 6, 8] as const;
export const VIDEO_ASPECT_RATIOS = ['16:9', '9:16'] as const;
export const VIDEO_RESOLUTIONS = ['720p', '1080p'] as const;
/** pending → generating → completed, failed or timeout. The last three are final. */
export const VIDEO_REQUEST_STATUSES = ['pending', 'generating', 'completed', 'failed', 'timeout'] as const;

/** One row per video that a member asked for, from the command to its result. Written by the video bot alone; never deleted. */
export const videoRequests = videoSchema.table(
  'video_requests',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    userId: discordId('user_id').notNull(),
    /** `dm` for a request made outside a guild. */
    guildId: discordId('guild_id').notNull(),
    channelId: discordId('channel_id').notNull(),
    /** What the member typed; the command refuses fewer than 5 characters. */
    prompt: text('prompt').notNull(),
    /** Length of the video that was asked for; not how long generation took. */
    durationSeconds: integer('duration_seconds').notNull(),
    aspectRatio: text('aspect_ratio', { enum: VIDEO_ASPECT_RATIOS }).notNull(),
    resolution: text('resolution', { enum: VIDEO_RESOLUTIONS }).notNull(),
    generateAudio: boolean('generate_audio').notNull().default(true),
    status: text('status', { enum: VIDEO_REQUEST_STATUSES }).notNull(),
    /** The provider's long-running operation, to poll it again after a restart. NULL: generation has not started. */
    operationName: text('operation_name'),
    createdAt: timestamptz('created_at').notNull().defaultNow(),
    /** When generation was started. NULL: still pending, or ended before it. */
    startedAt: timestamptz('started_at'),
    /** When a final status was reached. NULL: not ended. */
    completedAt: timestamptz('completed_at'),
    /** Milliseconds from started_at to completed_at. NULL: not ended, or never started. */
    durationMs: integer('duration_ms'),
    /** Storage prefix that the provider writes under. NULL: generation has not started. */
    gcsPrefix: text('gcs_prefix'),
    /** Where the finished files lie. NULL unless completed. */
    videoUrls: text('video_urls').array(),
    /** The provider's or our own message, cut to 500 characters. NULL unless failed or timeout. */
    errorMessage: text('error_message'),
  },
  (t) => [
    check('video_requests_duration_seconds_check', inArray(t.durationSeconds, VIDEO_DURATIONS_SECONDS)),
    check('video_requests_aspect_ratio_check', inArray(t.aspectRatio, VIDEO_ASPECT_RATIOS)),
    check('video_requests_resolution_check', inArray(t.resolution, VIDEO_RESOLUTIONS)),
    check('video_requests_status_check', inArray(t.status, VIDEO_REQUEST_STATUSES)),
    // A member's requests, newest first; the rate limit's count of, and oldest in, the last 24 hours.
    index('idx_video_requests_user_created').on(t.userId, t.createdAt.desc().nullsFirst()),
    // Requests in one status, newest first: operators and dashboards.
    index('idx_video_requests_status_created').on(t.status, t.createdAt.desc().nullsFirst()),
    // A guild's requests, newest first; its statistics over a time range.
    index('idx_video_requests_guild_created').on(t.guildId, t.createdAt.desc().nullsFirst()),
    // Resume at start: what has not ended, oldest first. Stays as small as the work in hand.
    index('idx_video_requests_unfinished')
      .on(t.createdAt)
      .where(inArray(t.status, ['pending', 'generating'])),
  ],
);
