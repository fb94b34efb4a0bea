-- What lies here, day by day: how many records, from which to which, how many were delivered more than once, and what a checkpoint covers.
-- "missing" counts numbers between the first and the last of a day that are not there; "verify-chain" says which.
WITH days AS (
  SELECT
    dt,
    count(*) AS rows_stored,
    count(DISTINCT sequence) AS records,
    min(sequence) AS first_record,
    max(sequence) AS last_record
  FROM records
  GROUP BY dt
)
SELECT
  days.dt AS day,
  days.records,
  days.first_record,
  days.last_record,
  days.last_record - days.first_record + 1 - days.records AS missing,
  days.rows_stored - days.records AS delivered_again,
  count(DISTINCT checkpoints.sequence) AS checkpoints,
  max(checkpoints.sequence) AS last_checkpoint
FROM days
LEFT JOIN checkpoints ON checkpoints.sequence BETWEEN days.first_record AND days.last_record
GROUP BY days.dt, days.records, days.first_record, days.last_record, days.rows_stored
ORDER BY days.dt
