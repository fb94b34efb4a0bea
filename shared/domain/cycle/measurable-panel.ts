/**
 * The returns of all symbols that can be measured together. One symbol without usable returns must not blind the fund to the others, so it
 * is left out; a refusal means that not even one is measurable.
 */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { DailyBars } from '../market/bars.ts';
import { type ReturnPanel, returnPanel } from '../risk/return-panel.ts';
import type { CycleContext } from './step-types.ts';

export function measurablePanel(bars: readonly DailyBars[], { asOf, policy: { risk } }: CycleContext): ReturnPanel | Refusal {
  const panelOf = (some: readonly DailyBars[]): ReturnPanel | Refusal =>
    returnPanel(some, asOf, risk.returnSessions, risk.returnSessionsMin);
  const panel = panelOf(bars);
  return isRefusal(panel) ? panelOf(bars.filter((one) => !isRefusal(panelOf([one])))) : panel;
}
