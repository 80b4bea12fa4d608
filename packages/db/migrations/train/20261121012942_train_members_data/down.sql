-- Undo: Trains and owners of earlier requests.
-- Stays: the trains and owners that the data steps made; by now people may have taken them over.
-- Date: 2026-11-21

SELECT 'nothing in the catalog to undo';
