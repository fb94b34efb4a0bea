/** What market a research command asks for, and what a file of bars gives. */
import type { Panel, PriceBasis, Series } from '../../../shared/domain/research/panel.ts';
import type { EpochDay, Ticker } from '../../../shared/kernel/units.ts';
import type { BarLabel } from '../../../shared/providers/files/label-evidence.ts';
import type { Progress } from './progress-bar.ts';

export interface PanelRequest {
  /** Path of a file; the simulator without it. */
  readonly data?: string;
  /** All that the file holds without it. */
  readonly symbols?: readonly string[];
  /** Bars before and after are not read. What a strategy warms up on must be read too. */
  readonly firstDay?: EpochDay;
  readonly lastDay?: EpochDay;
  readonly prices?: PriceBasis;
  /** Path of a file of earnings releases. */
  readonly earnings?: string;
  /** Which end of the minute labels a minute bar; asked for where there are such bars. */
  readonly label?: BarLabel;
  readonly seed: number;
  /** Shown to a person while a file of that many bars is read. */
  readonly progress?: (bars: number) => Progress;
}

/** Bars as a file gave them. */
export interface ReadBars {
  readonly fileName: string;
  readonly frequency: Panel['frequency'];
  /** By the names of its columns. */
  readonly basis: 'split-adjusted' | 'as-traded';
  readonly series: readonly Series[];
  /** All symbols of the file, whether they were asked for or not. */
  readonly symbols: readonly Ticker[];
  readonly notes: readonly string[];
}
