import type { OldApplication } from '../bed.ts';

/** One `/veo` command from its rate check to its result. */
export const application: OldApplication = {
  start: ['CREATE INDEX IF NOT EXISTS idx_video_requests_user_created ON video_requests (user_id, created_at DESC)'],
  round: (n) => [
    {
      text: `SELECT count(*) FROM video_requests WHERE user_id = $1 AND created_at > now() - interval '24 hours'`,
      values: ['old-user'],
    },
    {
      text: `INSERT INTO video_requests (id, user_id, guild_id, channel_id, prompt, duration_seconds, aspect_ratio, resolution, generate_audio, status)
        VALUES ($1, 'old-user', 'dm', '7', $2, 4, '16:9', '720p', true, 'pending') RETURNING id, created_at`,
      values: [requestId(n), `a cat drinks coffee ☕ ${n}`],
    },
    {
      text: `UPDATE video_requests SET status = 'generating', operation_name = $2, gcs_prefix = $3, started_at = now() WHERE id = $1`,
      values: [requestId(n), `operations/${n}`, `gs://old/${n}`],
    },
    {
      text: `UPDATE video_requests SET status = 'completed', video_urls = $2, completed_at = now(),
        duration_ms = (extract(epoch FROM now() - started_at) * 1000)::int WHERE id = $1 RETURNING *`,
      values: [requestId(n), '{https://example.org/old.mp4}'],
    },
  ],
  trace: (n) => ({ table: 'video_requests', where: `id = '${requestId(n)}'` }),
};

const requestId = (n: number) => `0b0b0b0b-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
