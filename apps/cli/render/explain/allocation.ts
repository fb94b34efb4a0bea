/** Section 6: from the recommended weight to the target, and what stood in between. */
import type { AllocationParameters } from '../../../../shared/domain/portfolio/allocation.ts';
import { costPerSession } from '../../../../shared/domain/portfolio/auction.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { DecisionMetadata, Explanation } from '../../explanation.ts';
import { fixed, line, pct, perDay, price, signed } from './layout.ts';
import { coded, spoken } from './words.ts';

export function allocationLines(metadata: DecisionMetadata, explanation: Explanation): string[] {
  const { allocation, ensemble, exposureScaleFrac } = metadata;
  if (allocation === null) return [line('', 'not reached')];
  const { currentWeight, targetWeight, refusals, forced, stop } = allocation;
  const recommended = ensemble?.recommendedWeight ?? null;
  return [
    line('held', `${pct(currentWeight)} of equity`),
    line('recommended', recommended === null ? 'nothing: no proposal' : `${pct(recommended)} of equity`),
    ...bidLine(metadata, explanation),
    ...optimizerLine(explanation),
    ...(exposureScaleFrac === null || exposureScaleFrac === 1
      ? []
      : [line('exposure', `regime and drawdown leave ${pct(exposureScaleFrac, 0)} of the gross, long and short limits`)]),
    line('bound by', refusals.length === 0 ? 'nothing' : refusals.map(({ reason }) => coded(reason)).join('; ')),
    ...overlayLines(explanation),
    ...(stop === null
      ? []
      : [
          line(
            'stop',
            `${price(stop.stopUsd)}, last close ${price(stop.lastCloseUsd)}${stop.stopped ? `: beyond it, so ${currentWeight === 0 ? 'nothing is opened' : 'it is closed'}` : ''}`,
          ),
        ]),
    line(
      'target',
      `${pct(targetWeight)} of equity${forced ? `, taken down by ${stop?.stopped ? 'its stop' : 'a limit'} and not by an opinion` : ''}`,
    ),
  ];
}

/** What the symbol offered for a seat; the record keeps the figures it is made of, and auction.ts the formula. */
function bidLine({ ensemble, allocation, exposureScaleFrac }: DecisionMetadata, { policy }: Explanation): string[] {
  // Beyond its stop nothing bids.
  if (allocation!.stop?.stopped) return [];
  if (policy === null || ensemble?.excessMu == null || ensemble.sigma === null || ensemble.recommendedWeight === null) return [];
  const held = allocation!.currentWeight;
  const side = Math.sign(ensemble.recommendedWeight);
  if (side * held < 0 || Math.abs(ensemble.recommendedWeight) <= Math.abs(held) || ensemble.proposal !== (side > 0 ? 'BUY' : 'SELL'))
    return [];
  const parameters: AllocationParameters = {
    rules: policy.portfolio,
    optimizer: policy.optimizer,
    kellyGamma: policy.ensemble.kellyGamma,
    exposureScaleFrac: exposureScaleFrac ?? 1,
    annualizedVolTarget: policy.breakers.annualizedVolTarget,
    sessionsPerYear: policy.signals.sessionsPerYear,
  };
  const cost = costPerSession(parameters);
  const bid = (side * ensemble.excessMu - cost) / ensemble.sigma - (Math.abs(held) * ensemble.sigma) / parameters.kellyGamma;
  return [
    line('auction bid', `${signed(bid, 4)}: ${perDay(side * ensemble.excessMu)} above cash less ${pct(cost, 4)}/day of cost, over sigma`),
  ];
}

function optimizerLine({ optimizer }: Explanation): string[] {
  if (optimizer === null) return [];
  const { status, reason, seats, iterations, predictedAnnualizedVol, volatilityScale } = optimizer;
  if (status === 'refused') return [line('optimiser', `refused: ${spoken(reason ?? 'unknown')}; nothing may grow`)];
  if (status === 'not-needed') return [line('optimiser', 'not needed: nobody won a seat in the auction')];
  const vol = predictedAnnualizedVol === null ? '' : `; the book is predicted to move ${pct(predictedAnnualizedVol, 1)} a year`;
  const scale = volatilityScale === null || volatilityScale === 1 ? '' : `, growth × ${fixed(volatilityScale)} by volatility targeting`;
  return [line('optimiser', `${status} for ${seats} seats in ${iterations} steps${vol}${scale}`)];
}

function overlayLines({ overlays, symbol }: Explanation): string[] {
  if (overlays === null) return [];
  const trims = overlays.trims
    .filter((trim) => trim.symbol === symbol)
    .map(({ overlay, fromWeight, toWeight }) => line('overlay', `${spoken(overlay)} took it from ${pct(fromWeight)} to ${pct(toWeight)}`));
  const { hedge, beta } = overlays;
  const insured =
    hedge === null
      ? 'no tail hedge'
      : isRefusal(hedge)
        ? `no tail hedge: ${spoken(hedge.reason)}`
        : `${spoken(hedge.instrument)} advised for ${pct(hedge.premiumFracOfEquity, 3)} of equity (not traded)`;
  return [...trims, line('whole book', `beta ${fixed(beta.betaAfter)}; ${insured}`)];
}
