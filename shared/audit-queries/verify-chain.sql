-- Whether the audit trail is what was written: one row, which says "intact" or names the first bad record, the attack and why.
-- Every record's hash is made again from its columns, each link is followed, and each checkpoint is compared with its record.
-- Checkpoints are taken at their word here: their signatures are checked by "ballast audit verify".
WITH stored AS (
  -- Delivery is at least once: the same record twice is one record. A differing copy stays, and is a finding.
  SELECT DISTINCT sequence, previous_hash, hash, "at", trail_id, part, type, record
  FROM records
),
ordered AS (
  SELECT
    stored.*,
    'ballast.audit/1' || chr(10) AS opening,
    chr(10) || previous_hash || chr(10) || "at" || chr(10) || trail_id || chr(10) || part || chr(10) || type || chr(10) || record AS rest,
    coalesce(lag(sequence) OVER (ORDER BY sequence, hash) + 1, 0) AS expected,
    coalesce(lag(hash) OVER (ORDER BY sequence, hash), lpad('', 64, '0')) AS hash_before,
    count(*) OVER (PARTITION BY sequence) AS copies
  FROM stored
),
hashed AS (
  SELECT ordered.*, lower(to_hex(sha256(to_utf8(opening || CAST(sequence AS VARCHAR) || rest)))) AS made_again
  FROM ordered
),
marks AS (
  SELECT DISTINCT sequence, hash FROM checkpoints
),
-- Each checkpoint beside the record that it names: 1 when they agree, 0 when they do not, null when the record is not there.
compared AS (
  SELECT marks.sequence, marks.hash, max(CASE WHEN stored.hash = marks.hash THEN 1 WHEN stored.hash IS NOT NULL THEN 0 END) AS agrees
  FROM marks
  LEFT JOIN stored ON stored.sequence = marks.sequence
  GROUP BY marks.sequence, marks.hash
),
seen AS (
  SELECT
    compared.*,
    coalesce(
      max(CASE WHEN agrees = 1 THEN sequence END) OVER (ORDER BY sequence, hash ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1
    ) AS agreed_before
  FROM compared
),
-- Where a checkpoint and its record agree, all records up to it are those that were signed for, if the links hold.
vouched AS (
  SELECT count(*) AS checkpoints, coalesce(max(sequence), -1) AS checkpointed, coalesce(max(CASE WHEN agrees = 1 THEN sequence END), -1) AS upto
  FROM compared
),
counted AS (
  SELECT count(*) AS records, coalesce(max(sequence), -1) AS ends FROM stored
),
symptoms AS (
  SELECT
    hashed.*,
    CASE
      WHEN copies > 1 THEN 'copies'
      WHEN sequence <> expected THEN 'gap'
      WHEN made_again IS DISTINCT FROM hash THEN 'content'
      WHEN previous_hash <> hash_before THEN 'link'
    END AS symptom
  FROM hashed
),
-- The first record that is wrong by itself or beside its neighbour: at most one row.
first_bad AS (
  SELECT CASE WHEN symptom = 'gap' AND sequence > expected THEN expected ELSE sequence END AS place, symptom, sequence, opening, rest, hash
  FROM symptoms
  WHERE symptom IS NOT NULL
  ORDER BY sequence, hash
  LIMIT 1
),
-- Another record whose hash is right under the number of that place: it was moved away from there.
moved_away AS (
  SELECT min(other.sequence) AS now_at
  FROM first_bad
  CROSS JOIN hashed AS other
  WHERE first_bad.symptom IN ('gap', 'content')
    AND other.sequence <> first_bad.place
    AND lower(to_hex(sha256(to_utf8(other.opening || CAST(first_bad.place AS VARCHAR) || other.rest)))) = other.hash
),
-- The number under which the hash of the record at that place is right: it was moved in from there.
moved_in AS (
  SELECT min(other.sequence) AS from_place
  FROM first_bad
  CROSS JOIN (SELECT sequence FROM stored UNION SELECT max(sequence) + 1 FROM stored) AS other
  WHERE first_bad.symptom = 'content'
    AND lower(to_hex(sha256(to_utf8(first_bad.opening || CAST(other.sequence AS VARCHAR) || first_bad.rest)))) = first_bad.hash
),
-- How many records of that number are sound and continue the one before: two are two histories.
histories AS (
  SELECT count(*) AS sound
  FROM first_bad
  JOIN hashed AS copy ON copy.sequence = first_bad.place AND copy.made_again = copy.hash
  LEFT JOIN hashed AS before ON before.sequence = copy.sequence - 1
  WHERE copy.previous_hash = coalesce(before.hash, lpad('', 64, '0'))
),
findings AS (
  SELECT
    CASE
      WHEN symptom = 'copies' AND sound > 1 THEN 'fork'
      WHEN symptom = 'copies' THEN 'insert'
      WHEN symptom = 'gap' AND now_at IS NOT NULL THEN 'reorder'
      WHEN symptom = 'gap' AND sequence < place THEN 'insert'
      WHEN symptom = 'gap' THEN 'drop'
      WHEN symptom = 'link' AND upto >= sequence THEN 'mutate'
      WHEN symptom = 'link' THEN 'fork'
      WHEN from_place > place AND now_at IS NULL THEN 'drop'
      WHEN from_place > place THEN 'reorder'
      WHEN from_place < place THEN 'insert'
      WHEN now_at > place THEN 'insert'
      WHEN now_at < place THEN 'reorder'
      ELSE 'mutate'
    END AS fault,
    CASE
      WHEN symptom = 'link' AND upto >= sequence THEN place - 1
      WHEN symptom = 'content' AND from_place < place THEN from_place
      ELSE place
    END AS sequence,
    CASE
      WHEN symptom = 'copies' AND sound > 1
        THEN 'two different records continue record ' || CAST(place - 1 AS VARCHAR)
      WHEN symptom = 'copies' THEN 'two different records carry this number, and only one of them was written here'
      WHEN symptom = 'gap' AND now_at IS NOT NULL THEN 'what was hashed under this number stands as record ' || CAST(now_at AS VARCHAR)
      WHEN symptom = 'gap' AND sequence < place THEN 'the chain counts from 0, and a record stands before that'
      WHEN symptom = 'gap' THEN 'no record has this number, and later ones are there'
      WHEN symptom = 'link' AND upto >= sequence
        THEN 'record ' || CAST(place AS VARCHAR) || ', which a checkpoint vouches for, continues another record than this one'
      WHEN symptom = 'link' THEN 'the record continues another than the one before it'
      WHEN from_place > place AND now_at IS NULL
        THEN 'what stands here was hashed as record ' || CAST(from_place AS VARCHAR) || ': one was taken out and later ones were moved up'
      WHEN from_place > place
        THEN 'what stands here was hashed as record ' || CAST(from_place AS VARCHAR) || ', and record ' || CAST(now_at AS VARCHAR) || ' as this one'
      WHEN from_place < place
        THEN 'what was hashed under this number stands as record ' || CAST(place AS VARCHAR) || ': another was put in before it'
      WHEN now_at > place THEN 'what was hashed under this number stands as record ' || CAST(now_at AS VARCHAR) || ': this one was put in'
      WHEN now_at < place THEN 'what was hashed under this number stands as record ' || CAST(now_at AS VARCHAR)
      ELSE 'its hash is not that of its content'
    END AS finding
  FROM first_bad
  CROSS JOIN moved_away
  CROSS JOIN moved_in
  CROSS JOIN histories
  CROSS JOIN vouched

  UNION ALL

  -- An attacker who makes every later hash again leaves a chain that holds, and a checkpoint that saw another.
  SELECT
    'fork' AS fault,
    sequence,
    'the checkpoint saw another record here: of records ' || CAST(agreed_before + 1 AS VARCHAR) || ' to ' || CAST(sequence AS VARCHAR)
      || ', one or more were written again' AS finding
  FROM seen
  WHERE agrees = 0

  UNION ALL

  SELECT
    'drop-tail' AS fault,
    ends + 1 AS sequence,
    'a checkpoint saw records up to ' || CAST(checkpointed AS VARCHAR) || ', and the trail ends before this one' AS finding
  FROM counted
  CROSS JOIN vouched
  WHERE checkpointed > ends
),
verdict AS (
  SELECT fault, sequence, finding
  FROM findings
  ORDER BY sequence, CASE fault WHEN 'fork' THEN 1 WHEN 'drop-tail' THEN 2 ELSE 0 END
  LIMIT 1
)
SELECT
  CASE WHEN verdict.fault IS NULL THEN 'intact' ELSE 'broken' END AS verdict,
  verdict.fault,
  verdict.sequence AS first_bad_record,
  place.trail_id,
  place.type,
  verdict.finding,
  counted.records,
  vouched.checkpoints,
  vouched.upto AS last_agreeing_checkpoint
FROM counted
CROSS JOIN vouched
LEFT JOIN verdict ON TRUE
LEFT JOIN (SELECT sequence, min(trail_id) AS trail_id, min(type) AS type FROM stored GROUP BY sequence) AS place ON place.sequence = verdict.sequence
