/**
 * The functions of Trino (the SQL of Athena) that the audit queries use and that DuckDB does not have, or means otherwise by, as DuckDB
 * macros; so one text runs on both. Meanings follow the function reference of trino.io/docs. A macro hides DuckDB's own function of the same
 * name: `sha256` and `to_hex` take and give bytes here, as in Trino, where DuckDB's speak text.
 * Not covered: Trino's types in casts (`array(varchar)`, `json`), lambdas, and every function that no audit query needs.
 */
export const trinoMacros: readonly string[] = [
  'to_utf8(value) AS encode(value)',
  'sha256(bytes) AS unhex(system.main.sha256(bytes))',
  'to_hex(bytes) AS upper(hex(bytes))',
  // An object or a list is no scalar: Trino gives null, DuckDB its text.
  "json_extract_scalar(json, path) AS CASE WHEN json_type(json, path) IN ('OBJECT', 'ARRAY') THEN NULL ELSE json_extract_string(json, path) END",
  'json_format(json) AS CAST(json AS VARCHAR)',
  "json_array_get(json, place) AS json_extract(json, '$[' || CAST(place AS VARCHAR) || ']')",
  'sequence(first, last) AS generate_series(CAST(first AS BIGINT), CAST(last AS BIGINT))',
  'regexp_like(text, pattern) AS regexp_matches(text, pattern)',
  'from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMPTZ)',
];
