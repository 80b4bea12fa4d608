-- Undo: Sub-tasks of earlier requests.
-- Stays: the sub-task links and Task tool uses that the data steps found.
-- Date: 2026-11-21

SELECT 'nothing in the catalog to undo';
