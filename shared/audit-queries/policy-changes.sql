-- Every change of the policy: who proposed, who approved, what was published over which version, and what it loosened or tightened.
-- A hard limit is loosened by two people or not at all: a published version that loosens one carries the name of the second.
WITH entries AS (
  SELECT DISTINCT sequence, "at", record FROM records WHERE type = 'policy'
)
SELECT
  "at",
  json_extract_scalar(record, '$.what') AS what,
  CAST(json_extract_scalar(record, '$.version') AS BIGINT) AS version,
  CAST(json_extract_scalar(record, '$.basedOn') AS BIGINT) AS over_version,
  json_extract_scalar(record, '$.actor') AS actor,
  json_extract_scalar(record, '$.approvedBy') AS approved_by,
  coalesce(json_extract_scalar(record, '$.reason'), json_extract_scalar(record, '$.finding')) AS reason,
  json_extract_scalar(record, '$.mode') AS mode,
  json_extract_scalar(record, '$.proposalId') AS proposal,
  json_format(json_extract(record, '$.changes')) AS changes,
  json_extract_scalar(record, '$.sha256') AS policy_sha256,
  sequence
FROM entries
ORDER BY sequence
