-- When trading was paused, reduced or halted, in which scope, by whom and why, and who lifted it when.
-- "lifted_at" is empty while it stands; "what" is "written", or "garbled" and "deleted" for a control item that makes no sense or is gone,
-- under which nothing trades either.
WITH entries AS (
  SELECT DISTINCT sequence, record FROM records WHERE type = 'control'
),
steps AS (
  SELECT
    sequence,
    json_extract_scalar(record, '$.scope') AS scope,
    json_extract_scalar(record, '$.what') AS what,
    json_extract_scalar(record, '$.state') AS state,
    coalesce(json_extract_scalar(record, '$.actor'), 'unknown') AS actor,
    json_extract_scalar(record, '$.reason') AS reason,
    json_extract_scalar(record, '$.changedAt') AS changed_at,
    json_extract_scalar(record, '$.flatten') AS flatten
  FROM entries
),
beside AS (
  SELECT
    steps.*,
    lead(changed_at) OVER (PARTITION BY scope ORDER BY sequence) AS next_at,
    lead(actor) OVER (PARTITION BY scope ORDER BY sequence) AS next_actor,
    lead(state) OVER (PARTITION BY scope ORDER BY sequence) AS next_state
  FROM steps
)
SELECT
  changed_at AS paused_at,
  scope,
  coalesce(state, what) AS state,
  actor,
  reason,
  flatten,
  next_at AS lifted_at,
  next_actor AS lifted_by,
  next_state,
  date_diff('minute', from_iso8601_timestamp(changed_at), from_iso8601_timestamp(next_at)) AS minutes,
  sequence
FROM beside
WHERE state IS NULL OR state <> 'RUNNING'
ORDER BY sequence
