-- One stage, one row: the constraint.
-- Purpose: makes the index of the step before the unique constraint that the seed asks for, without a second build
-- Date: 2026-11-21
ALTER TABLE "audit"."job_stages" ADD CONSTRAINT "job_stages_job_id_stage_name_started_at_key"
	UNIQUE USING INDEX "job_stages_job_id_stage_name_started_at_key";
