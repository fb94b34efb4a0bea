-- Orders by strategy, broker and side: how many were sent and how they ended, shares and USD that were filled, and incidents on them.
-- An order's record is written when its cycle ends, and says what had become of it by then.
WITH entries AS (
  SELECT DISTINCT sequence, trail_id, record FROM records WHERE type = 'order'
),
orders AS (
  SELECT
    trail_id,
    json_extract_scalar(record, '$.strategy') AS strategy,
    json_extract_scalar(record, '$.broker') AS broker,
    json_extract_scalar(record, '$.side') AS side,
    json_extract_scalar(record, '$.state') AS state,
    CAST(json_extract_scalar(record, '$.quantity') AS DOUBLE) AS quantity,
    CAST(json_extract_scalar(record, '$.filled') AS DOUBLE) AS filled,
    CAST(json_extract_scalar(record, '$.average_price') AS DOUBLE) AS average_price,
    json_array_length(json_extract(record, '$.incidents')) AS incidents
  FROM entries
)
SELECT
  strategy,
  broker,
  side,
  count(*) AS orders,
  count(DISTINCT trail_id) AS cycles,
  count_if(filled = quantity) AS filled_whole,
  count_if(filled > 0 AND filled < quantity) AS filled_in_part,
  count_if(filled = 0) AS not_filled,
  sum(quantity) AS shares_ordered,
  sum(filled) AS shares_filled,
  sum(filled * average_price) AS usd_filled,
  sum(incidents) AS incidents
FROM orders
GROUP BY strategy, broker, side
ORDER BY strategy, broker, side
