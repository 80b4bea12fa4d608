-- Undo: Durations in milliseconds.
-- Loses: durations that the writer set (the data steps can compute the others again), and grants on the three views that are
-- dropped, because a column of a view cannot be taken away.
-- Date: 2026-11-21

DROP VIEW "audit"."jobs_v";
--> statement-breakpoint
DROP VIEW "audit"."job_stages_v";
--> statement-breakpoint
DROP VIEW "audit"."recent_jobs";
--> statement-breakpoint
CREATE OR REPLACE VIEW "audit"."job_metrics_by_bot" AS (SELECT
	bot_id,
	count(*) AS total_jobs,
	count(*) FILTER (WHERE state = 'succeeded') AS succeeded_jobs,
	count(*) FILTER (WHERE state = 'failed') AS failed_jobs,
	avg(extract(epoch FROM finished_at - started_at))::double precision AS avg_duration_seconds,
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
	avg(extract(epoch FROM ended_at - started_at))::double precision AS avg_duration_seconds
FROM audit.job_stages
GROUP BY stage_name);
--> statement-breakpoint
ALTER TABLE "audit"."job_stages" DROP COLUMN "duration_ms";
--> statement-breakpoint
ALTER TABLE "audit"."jobs" DROP COLUMN "duration_ms";
--> statement-breakpoint
CREATE VIEW "audit"."recent_jobs" AS (SELECT
	"job_id", "bot_id", "state", "accepted_at", "started_at", "finished_at", "meta", "result", "created_by", "error_message",
	extract(epoch FROM "newest"."finished_at" - "newest"."started_at")::double precision AS "duration_seconds",
	(SELECT count(*) FROM audit.job_stages s WHERE s.job_id = "newest"."job_id") AS "stage_count"
FROM (
	SELECT "job_id", "bot_id", "state", "accepted_at", "started_at", "finished_at", "meta", "result", "created_by", "error_message"
	FROM "audit"."jobs"
	WHERE "accepted_at" IS NOT NULL
	ORDER BY "accepted_at" DESC, "job_id" DESC
	LIMIT 100
) "newest"
ORDER BY "newest"."accepted_at" DESC, "newest"."job_id" DESC);
--> statement-breakpoint
CREATE VIEW "audit"."job_stages_v" AS (SELECT "id", "job_id", "stage_name", "started_at", "ended_at", "status", "meta", "error"
FROM "audit"."job_stages");
--> statement-breakpoint
CREATE VIEW "audit"."jobs_v" AS (SELECT "job_id", "bot_id", "state", "accepted_at", "started_at", "finished_at", "meta", "result", "created_by", "error_message"
FROM "audit"."jobs");
