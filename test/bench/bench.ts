/** One line of `npm run bench`: what is measured, in which unit, and what it should hold. Never a timed test. */
export interface Bench {
  readonly name: string;
  readonly unit: string;
  readonly goal?: { readonly atMost?: number; readonly atLeast?: number };
  /** @throws when it cannot be measured here, e.g. market data is absent; the message says why. */
  run(): Promise<number | Measured>;
}

/** For a bench that measures another process: the peak memory is that process's. */
export interface Measured {
  readonly value: number;
  readonly peakRssMb: number;
}

export interface BenchResult {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly goal: string | null;
  /** Null where there is no goal or it was not measured. */
  readonly holds: boolean | null;
  readonly peakRssMb: number;
  readonly note?: string;
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
