-- What was decided and why: one row for each symbol of each cycle, with the policy and the data it was decided under.
-- "reasons" begins with the one that decided; weights are shares of equity, negative is short.
WITH entries AS (
  SELECT DISTINCT sequence, trail_id, type, record FROM records WHERE type IN ('decision', 'opening')
),
openings AS (
  SELECT trail_id, min(record) AS record FROM entries WHERE type = 'opening' GROUP BY trail_id
)
SELECT
  entries.trail_id AS cycle_id,
  json_extract_scalar(entries.record, '$.symbol') AS symbol,
  json_extract_scalar(entries.record, '$.final_decision') AS decision,
  json_format(json_extract(entries.record, '$.reason_codes')) AS reasons,
  CAST(json_extract_scalar(entries.record, '$.position_size') AS DOUBLE) AS weight,
  CAST(json_extract_scalar(entries.record, '$.stop_loss') AS DOUBLE) AS stop_loss_usd,
  CAST(json_extract_scalar(entries.record, '$.mu_hat') AS DOUBLE) AS expected_return,
  CAST(json_extract_scalar(entries.record, '$.sigma_hat') AS DOUBLE) AS daily_volatility,
  CAST(json_extract_scalar(entries.record, '$.conviction') AS DOUBLE) AS conviction,
  CAST(json_extract_scalar(entries.record, '$.data_quality_score') AS DOUBLE) AS data_quality,
  json_extract_scalar(entries.record, '$.risk_checks.decision') AS risk_decision,
  json_extract_scalar(entries.record, '$.metadata.regime.name') AS regime,
  CAST(json_extract_scalar(openings.record, '$.policy_version') AS BIGINT) AS policy_version,
  json_extract_scalar(openings.record, '$.dataset') AS dataset,
  entries.sequence
FROM entries
LEFT JOIN openings ON openings.trail_id = entries.trail_id
WHERE entries.type = 'decision'
ORDER BY entries.sequence
