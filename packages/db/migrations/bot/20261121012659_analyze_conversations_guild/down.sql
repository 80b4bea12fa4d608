-- Undo: Analyze conversations' guild.
-- Stays: the guilds that the data step filled in; they are right before this migration, too.
-- Date: 2026-11-21

SELECT 'nothing in the catalog to undo';
