/** What a command is given, and what runs it. */
import type { Fund } from './fund.ts';
import type { Io } from './io.ts';

export interface FundArguments {
  readonly state: string;
  readonly fresh?: boolean;
  readonly seed?: number;
  readonly capital?: number;
}

/** What runs the commands: this process for its own terminal, or a server for another one. */
export interface CommandHost {
  readonly io: Io;
  /** Paths in arguments are relative to here. */
  readonly cwd: string;
  /** Whether a fund has been set up in that state directory. */
  holdsFund(options: FundArguments): boolean;
  withFund<T>(options: FundArguments, work: (fund: Fund) => Promise<T>): Promise<T>;
}

/** Read late, so that a test or a script can set it. */
export const defaultState = (): string => process.env.BALLAST_STATE || '.ballast';
