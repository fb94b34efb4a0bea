-- When risk said anything but ALLOW: one row for each cycle and each thing it said, with the reasons and how many symbols it held back.
-- A cycle that was halted is here too, with the rule that was broken.
WITH entries AS (
  SELECT DISTINCT sequence, "at", trail_id, type, part, record FROM records WHERE type IN ('decision', 'cycle')
),
judged AS (
  SELECT
    sequence,
    trail_id,
    json_extract_scalar(record, '$.risk_checks.decision') AS risk_decision,
    json_format(json_extract(record, '$.risk_checks.reasons')) AS reasons,
    CAST(json_extract_scalar(record, '$.risk_checks.scaleFrac') AS DOUBLE) AS scale,
    json_extract_scalar(record, '$.final_decision') AS final_decision
  FROM entries
  WHERE type = 'decision'
)
SELECT
  trail_id AS cycle_id,
  risk_decision,
  reasons,
  scale,
  count(*) AS symbols,
  count_if(final_decision = 'REJECT') AS rejected,
  count_if(final_decision IN ('EXECUTE_BUY', 'EXECUTE_SELL')) AS traded,
  min(sequence) AS first_record
FROM judged
WHERE risk_decision <> 'ALLOW'
GROUP BY trail_id, risk_decision, reasons, scale

UNION ALL

SELECT
  trail_id AS cycle_id,
  'HALTED' AS risk_decision,
  json_extract_scalar(record, '$.reason') AS reasons,
  CAST(NULL AS DOUBLE) AS scale,
  0 AS symbols,
  0 AS rejected,
  0 AS traded,
  sequence AS first_record
FROM entries
WHERE type = 'cycle' AND json_extract_scalar(record, '$.outcome') = 'halted'
ORDER BY first_record
