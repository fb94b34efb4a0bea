-- What was refused before an order was sent: one row for each check that an order did not pass, with its value and its limit.
WITH entries AS (
  SELECT DISTINCT sequence, trail_id, record FROM records WHERE type = 'decision'
),
checked AS (
  SELECT sequence, trail_id, record, json_extract(record, '$.risk_checks.preTrade') AS checks
  FROM entries
),
one_each AS (
  SELECT sequence, trail_id, record, json_array_get(checks, place - 1) AS one_check
  FROM checked
  CROSS JOIN UNNEST(sequence(1, json_array_length(checks))) AS places (place)
  WHERE place BETWEEN 1 AND json_array_length(checks)
)
SELECT
  trail_id AS cycle_id,
  json_extract_scalar(record, '$.symbol') AS symbol,
  json_extract_scalar(one_check, '$.name') AS check_name,
  json_extract_scalar(one_check, '$.refusal') AS refusal,
  CAST(json_extract_scalar(one_check, '$.value') AS DOUBLE) AS value_found,
  CAST(json_extract_scalar(one_check, '$.limitValue') AS DOUBLE) AS limit_value,
  json_extract_scalar(record, '$.final_decision') AS decision,
  sequence
FROM one_each
WHERE json_extract_scalar(one_check, '$.passed') = 'false'
ORDER BY sequence, check_name
