/**
 * What MLflow accepts, and values made to fit it.
 *
 * Names have letters, digits, `_`, `-`, `.`, space and `/`, are no path that resolves to another (`..`, a leading or doubled `/`), and have at most
 * 250 characters. Values of parameters have at most 500 characters (6,000 in newer servers), of tags 5,000. A request of runs/log-batch has at most
 * 1,000 metrics, 100 parameters and 100 tags, 1,000 of all together, and 1 MB. A metric is a finite double here: JSON has no NaN.
 *
 * Source: https://mlflow.org/docs/latest/rest-api.html (Log Batch, "Request Limits"); mlflow/utils/validation.py of mlflow/mlflow.
 */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** When the value held: the session, for a curve. */
  readonly timestamp: number;
  readonly step: number;
}

export interface Param {
  readonly key: string;
  readonly value: string;
}

export type Tag = Param;

export interface Batch {
  readonly metrics: readonly Metric[];
  readonly params: readonly Param[];
  readonly tags: readonly Tag[];
}

export const limits = { metrics: 1_000, params: 100, tags: 100, entities: 1_000 } as const;
const keyLengthMax = 250;
const paramLengthMax = 500;
const tagLengthMax = 5_000;

/** The same name for a name that is legal already. */
export function legalKey(name: string): string {
  const plain = name.replaceAll(/[^\w.\- /]/g, '_');
  const parts = plain.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.join('/').slice(0, keyLengthMax).replace(/\/$/, '') || '_';
}

export const metric = (key: string, value: number, timestamp: number, step = 0): Metric[] =>
  Number.isFinite(value) ? [{ key: legalKey(key), value, timestamp: Math.max(0, Math.trunc(timestamp)), step: Math.trunc(step) }] : [];

export const param = (key: string, value: string): Param => ({ key: legalKey(key), value: shortened(value, paramLengthMax) });

export const tag = (key: string, value: string): Tag => ({ key: legalKey(key), value: shortened(value, tagLengthMax) });

/** In as few requests as the limits allow; parameters and tags first, so that a run that breaks off says what it was. */
export function batchesOf({ metrics, params, tags }: Batch): Batch[] {
  const batches: Batch[] = [];
  let [metricsTaken, paramsTaken, tagsTaken] = [0, 0, 0];
  while (metricsTaken < metrics.length || paramsTaken < params.length || tagsTaken < tags.length) {
    const someParams = params.slice(paramsTaken, paramsTaken + limits.params);
    const someTags = tags.slice(tagsTaken, tagsTaken + limits.tags);
    const room = Math.min(limits.metrics, limits.entities - someParams.length - someTags.length);
    const someMetrics = metrics.slice(metricsTaken, metricsTaken + room);
    batches.push({ metrics: someMetrics, params: someParams, tags: someTags });
    metricsTaken += someMetrics.length;
    paramsTaken += someParams.length;
    tagsTaken += someTags.length;
  }
  return batches;
}

const shortened = (value: string, most: number): string => (value.length > most ? `${value.slice(0, most - 1)}…` : value);
