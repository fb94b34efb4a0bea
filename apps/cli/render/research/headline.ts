/** What every research summary opens with: what was run, over what, and what was assumed. What was not charged is said as plainly as what was. */
import { knownStrategies } from '../../../../shared/domain/research/known-strategies.ts';
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import type { BacktestRules, Sizing } from '../../../../shared/domain/research/rules.ts';
import { survivorshipWords } from '../../../../shared/runtime/tear-sheet/assumptions.ts';
import type { Io } from '../../io.ts';
import { count, figures, pct } from '../explain/layout.ts';
import { formatUsd } from '../table.ts';
import { rangeOf } from './backtest-document.ts';

export function headLines(result: BacktestResult, io: Pick<Io, 'colors'>): string[] {
  const { strategy, parameters, source, symbols, bars } = result;
  const { from, to } = rangeOf(result);
  const held = symbols.length <= 3 ? symbols.join(', ') : `${count(symbols.length)} symbols`;
  return [
    `${io.colors.bold(strategy)}  ${parameterText(parameters)}`,
    `${source.name}: ${held}, ${from} to ${to}, ${count(bars)} bars`,
    ...assumptionLines(result, io),
  ];
}

export const parameterText = (parameters: Readonly<Record<string, number>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** Only a strategy of signals is told how much to buy; of the others the size says nothing. */
export const assumptionLines = (
  { rules, survivorship, strategy }: Pick<BacktestResult, 'rules' | 'survivorship' | 'strategy'>,
  io: Pick<Io, 'colors'>,
): string[] => [
  worldLine(rules, knownStrategies.find(({ name }) => name === strategy)?.kind === 'signal'),
  costLine(rules, io),
  survivorship.kind === 'proven'
    ? `Survivorship ${survivorshipWords(survivorship)}`
    : io.colors.yellow(`Survivorship ${survivorshipWords(survivorship)}`),
];

export const noteLines = (notes: readonly string[], { colors }: Pick<Io, 'colors'>): string[] =>
  notes.map((note) => colors.yellow(`! ${note}`));

function worldLine(
  { cashUsd, fill, sizing, account, allowShort, wholeShares, participationFracMax }: BacktestRules,
  sizes: boolean,
): string {
  const parts = [
    `${formatUsd(cashUsd)} in ${account.kind === 'cash' ? 'a cash account' : `a margin account (${pct(account.initialFrac, 0)} initial, ${pct(account.maintenanceFrac, 0)} maintenance)`}`,
    `fills at ${fill}${fill === 'signal-close' ? ', at which nobody can trade' : ''}`,
    ...(sizes ? [`size ${sizeText(sizing)}`] : []),
    ...(allowShort ? ['short sales allowed'] : []),
    ...(wholeShares ? ['whole shares'] : []),
    ...(participationFracMax === null ? [] : [`at most ${pct(participationFracMax, 1)} of a bar’s volume`]),
  ];
  return parts.join('; ');
}

/** As --size takes it. */
export const sizeText = (sizing: Sizing): string => {
  if (sizing.kind === 'shares') return `shares:${sizing.shares}`;
  if (sizing.kind === 'weight') return `weight:${sizing.frac}`;
  return sizing.whole ? 'all-cash-whole' : 'all-cash';
};

function costLine({ costs, financing }: BacktestRules, { colors }: Pick<Io, 'colors'>): string {
  const { commissionBps, commissionUsdPerShare, commissionUsdMin, spreadBps, slippageBps, impactCoefficient } = costs;
  const charged = [
    ...(commissionBps > 0 ? [`commission ${figures(commissionBps)} bp`] : []),
    ...(commissionUsdPerShare > 0 ? [`commission ${commissionUsdPerShare} USD a share`] : []),
    ...(commissionUsdMin > 0 ? [`at least ${commissionUsdMin} USD a fill`] : []),
    ...(spreadBps > 0 ? [`spread ${figures(spreadBps)} bp`] : []),
    ...(slippageBps > 0 ? [`slippage ${figures(slippageBps)} bp`] : []),
    ...(impactCoefficient > 0 ? [`impact ${figures(impactCoefficient)} · σ · √(shares / volume)`] : []),
  ];
  const { cashAnnualFrac, marginAnnualFrac, borrowAnnualFrac } = financing;
  const rates = [
    ...(cashAnnualFrac === 0 ? [] : [`cash earns ${pct(cashAnnualFrac)}`]),
    ...(marginAnnualFrac === 0 ? [] : [`credit costs ${pct(marginAnnualFrac)}`]),
    ...(borrowAnnualFrac === 0 ? [] : [`borrowing costs ${pct(borrowAnnualFrac)}`]),
  ];
  const interest = rates.length === 0 ? 'no interest' : `${rates.join(', ')} a year`;
  if (charged.length === 0) return colors.yellow(`No costs were charged; ${interest}`);
  return `Each side: ${charged.join(', ')}; ${interest}`;
}
