-- Analyze conversations' guild.
-- Purpose: waits for the data step that gives messages without a guild the guild of their channel, then lets the planner see it.
-- Accident: the writer lost the column for a week, nothing filled it afterwards, and the dashboards counted zero.
-- Date: 2026-11-21
-- db: after-backfill conversations-guild-id

ANALYZE "bot"."conversations";
