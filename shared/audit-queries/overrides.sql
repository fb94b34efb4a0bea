-- What people changed: the policy, control over trading, and the books, each with who did it and the reason they gave.
-- Programs write "controller/…", "function/…", "event/…", "cycle/…" or "reconciliation/…" as the actor; a change found that no store made is listed
-- with its finding, since somebody made it by hand.
WITH entries AS (
  SELECT DISTINCT sequence, "at", trail_id, type, record FROM records WHERE type IN ('policy', 'control', 'reconciliation', 'hold')
),
changes AS (
  SELECT
    sequence,
    "at",
    trail_id,
    type,
    json_extract_scalar(record, '$.what') AS what,
    coalesce(json_extract_scalar(record, '$.approvedBy'), json_extract_scalar(record, '$.actor'), 'unknown') AS actor,
    coalesce(json_extract_scalar(record, '$.finding'), json_extract_scalar(record, '$.reason')) AS reason,
    json_extract_scalar(record, '$.scope') AS scope,
    coalesce(json_extract_scalar(record, '$.state'), json_extract_scalar(record, '$.mode')) AS set_to,
    json_format(json_extract(record, '$.changes')) AS changes
  FROM entries
)
SELECT "at", actor, type, what, scope, set_to, reason, changes, trail_id, sequence
FROM changes
WHERE NOT regexp_like(lower(actor), '^(controller|function|event|cycle|reconciliation)/')
ORDER BY sequence
