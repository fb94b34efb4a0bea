-- Every cycle: the policy and the data it opened with, how it ended, and why when it did not trade.
-- A cycle with an opening and no end is one that died; the market data is named by its content, so it can be read again.
WITH entries AS (
  SELECT DISTINCT sequence, "at", trail_id, type, record FROM records WHERE type IN ('opening', 'cycle')
),
openings AS (
  SELECT trail_id, min(sequence) AS sequence, min("at") AS opened_at, min(record) AS record FROM entries WHERE type = 'opening' GROUP BY trail_id
),
endings AS (
  SELECT
    trail_id,
    "at" AS ended_at,
    record,
    sequence,
    row_number() OVER (PARTITION BY trail_id ORDER BY sequence DESC) AS from_the_last
  FROM entries
  WHERE type = 'cycle'
),
cycle_ids AS (
  SELECT trail_id FROM openings UNION SELECT trail_id FROM endings
)
SELECT
  cycle_ids.trail_id AS cycle_id,
  coalesce(json_extract_scalar(endings.record, '$.outcome'), 'no end on record') AS outcome,
  coalesce(json_extract_scalar(endings.record, '$.reason'), json_extract_scalar(endings.record, '$.ended_by')) AS why,
  json_extract_scalar(endings.record, '$.risk_decision') AS risk_decision,
  CAST(coalesce(json_extract_scalar(openings.record, '$.policy_version'), json_extract_scalar(endings.record, '$.policy_version')) AS BIGINT) AS policy_version,
  coalesce(json_extract_scalar(openings.record, '$.policy_sha256'), json_extract_scalar(endings.record, '$.policy_sha256')) AS policy_sha256,
  coalesce(json_extract_scalar(openings.record, '$.dataset'), json_extract_scalar(endings.record, '$.dataset')) AS dataset,
  json_extract_scalar(endings.record, '$.snapshot') AS snapshot,
  openings.opened_at,
  endings.ended_at
FROM cycle_ids
LEFT JOIN openings ON openings.trail_id = cycle_ids.trail_id
LEFT JOIN endings ON endings.trail_id = cycle_ids.trail_id AND endings.from_the_last = 1
ORDER BY coalesce(openings.sequence, endings.sequence)
