/** The end of phase 4: what risk approved, as the permit that every order of the cycle must show. Valid until the session closes. */
import type { Ticker } from '../../kernel/units.ts';
import { issuePermit } from '../execution/issue-permit.ts';
import type { Permit } from '../execution/permit.ts';
import { sessionClose } from '../market/calendar.ts';
import { decisionPrices } from './portfolio-view.ts';
import type { CycleContext, PortfolioInput, RiskOutput, SignalsOutput } from './step-types.ts';

export interface PermitInput {
  readonly context: CycleContext;
  readonly signals: SignalsOutput;
  readonly risk: RiskOutput;
  readonly portfolio: PortfolioInput;
  readonly controlEpoch: number;
  readonly policySha256: string;
}

export function runPermit({ context, signals, risk, portfolio, controlEpoch, policySha256 }: PermitInput): Permit {
  const prices = decisionPrices(signals, portfolio);
  const held = new Map(portfolio.positions.map(({ symbol, quantity }): [Ticker, number] => [symbol, quantity]));
  return issuePermit({
    ...{ cycleId: context.cycleId, controlEpoch, policySha256, validUntil: sessionClose(context.asOf) },
    equityUsd: portfolio.equityUsd,
    priceCollarFrac: context.policy.execution.priceCollarFrac,
    positions: risk.approved.map(({ symbol, weight }) => ({
      ...{ symbol, approvedWeight: weight },
      heldShares: held.get(symbol) ?? 0,
      decidedAtUsd: prices.get(symbol) ?? null,
    })),
  });
}
