-- Durations in milliseconds.
-- Purpose: seconds are too coarse for stages. Plain integers, filled by the writer and, for rows of before, by two data steps;
--   a generated column would rewrite both tables under an exclusive lock. The views read them where they are known and the
--   moments elsewhere; they are replaced, not dropped, so that grants and job_metrics_v stay, and the new column comes last
-- Date: 2026-11-21
ALTER TABLE "audit"."job_stages" ADD COLUMN "duration_ms" integer;
--> statement-breakpoint
ALTER TABLE "audit"."jobs" ADD COLUMN "duration_ms" integer;
--> statement-breakpoint
CREATE OR REPLACE VIEW "audit"."job_metrics_by_bot" AS (SELECT
	bot_id,
	count(*) AS total_jobs,
	count(*) FILTER (WHERE state = 'succeeded') AS succeeded_jobs,
	count(*) FILTER (WHERE state = 'failed') AS failed_jobs,
	avg(CASE
		WHEN finished_at IS NULL THEN NULL
		WHEN duration_ms IS NOT NULL THEN duration_ms / 1000.0
		WHEN finished_at >= started_at THEN extract(epoch FROM finished_at - started_at)
	END)::double precision AS avg_duration_seconds,
	(count(*) FILTER (WHERE state = 'succeeded') * 100.0
		/ nullif(count(*) FILTER (WHERE state IN ('succeeded', 'failed')), 0))::double precision AS success_rate
FROM audit.jobs
GROUP BY bot_id);
--> statement-breakpoint
CREATE OR REPLACE VIEW "audit"."job_stage_summary" AS (SELECT
	stage_name,
	count(*) AS total_stages,
	count(*) FILTER (WHERE status = 'succeed') AS succeeded_stages,
	count(*) FILTER (WHERE status = 'fail') AS failed_stages,
	avg(CASE
		WHEN ended_at IS NULL THEN NULL
		WHEN duration_ms IS NOT NULL THEN duration_ms / 1000.0
		WHEN ended_at >= started_at THEN extract(epoch FROM ended_at - started_at)
	END)::double precision AS avg_duration_seconds
FROM audit.job_stages
GROUP BY stage_name);
--> statement-breakpoint
CREATE OR REPLACE VIEW "audit"."recent_jobs" AS (SELECT
	"job_id", "bot_id", "state", "accepted_at", "started_at", "finished_at", "meta", "result", "created_by", "error_message",
	(CASE
		WHEN finished_at IS NULL THEN NULL
		WHEN duration_ms IS NOT NULL THEN duration_ms / 1000.0
		WHEN finished_at >= started_at THEN extract(epoch FROM finished_at - started_at)
	END)::double precision AS "duration_seconds",
	(SELECT count(*) FROM audit.job_stages s WHERE s.job_id = "newest"."job_id") AS "stage_count",
	"duration_ms"
FROM (
	SELECT "job_id", "bot_id", "state", "accepted_at", "started_at", "finished_at", "meta", "result", "created_by", "error_message", "duration_ms"
	FROM "audit"."jobs"
	WHERE "accepted_at" IS NOT NULL
	ORDER BY "accepted_at" DESC, "job_id" DESC
	LIMIT 100
) "newest"
ORDER BY "newest"."accepted_at" DESC, "newest"."job_id" DESC);
--> statement-breakpoint
CREATE OR REPLACE VIEW "audit"."job_stages_v" AS (SELECT "id", "job_id", "stage_name", "started_at", "ended_at", "status", "meta", "error", "duration_ms"
FROM "audit"."job_stages");
--> statement-breakpoint
CREATE OR REPLACE VIEW "audit"."jobs_v" AS (SELECT "job_id", "bot_id", "state", "accepted_at", "started_at", "finished_at", "meta", "result", "created_by", "error_message", "duration_ms"
FROM "audit"."jobs");
