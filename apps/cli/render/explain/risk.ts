/** Section 7: the proposed book against every limit, each as a bar; what risk decided, and what it remembers for the next cycle. */
import type { Policy } from '../../../../shared/domain/policy/policy.ts';
import type { TailMethod } from '../../../../shared/domain/policy/tail-rules.ts';
import type { RiskMetrics } from '../../../../shared/domain/risk/assess-risk.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Explanation } from '../../explanation.ts';
import type { Io } from '../../io.ts';
import { bar, fixed, line, pct, signedPct, wrappedTable } from './layout.ts';
import { allInWords, spoken } from './words.ts';

export function riskLines({ decision, risk, policy }: Explanation, io: Io): string[] {
  if (risk === null) return riskWithoutDocument(decision);
  const { assessment, nextRiskState } = risk;
  const { metrics, perSymbol, reasons, scaleFrac } = assessment;
  const own = perSymbol.find(({ symbol }) => symbol === decision?.symbol);
  const { tier, cvarBreachesInARow, recovery, halted } = nextRiskState;
  const breachesMax = policy === null ? '' : ` of ${policy.breakers.cvarBreachesToHalt} that halt`;
  return [
    ...(policy === null ? [] : [limitsTable(metrics, policy, decision?.metadata.allocation?.sector ?? 'UNCLASSIFIED', io)]),
    ...(metrics.grossFrac === 0 ? [line('book', 'empty: nothing is at risk')] : tailLines(metrics, policy)),
    ...(own === undefined
      ? []
      : [
          line(
            'its own share',
            `beta ${fixed(own.beta)}; of the tail loss ${signedPct(own.componentCvarFrac, 3)}${own.componentVarFrac === null ? '' : `, of the VaR ${signedPct(own.componentVarFrac, 3)}`}`,
          ),
        ]),
    line(
      'breakers',
      `tier ${tier}; CVaR over its limit in ${cvarBreachesInARow} cycles in a row${breachesMax}; recovery ${recovery.kind}${halted === null ? '' : `; halted: ${spoken(halted.reason)}`}`,
    ),
    line(
      'risk says',
      `${assessment.decision}${scaleFrac > 0 && scaleFrac < 1 ? `, sizes × ${fixed(scaleFrac)}` : ''}${reasonsText(reasons)}`,
    ),
    ...approvedLine(decision),
  ];
}

function riskWithoutDocument(decision: Explanation['decision']): string[] {
  const recorded = decision?.risk_checks;
  if (recorded?.decision == null) return [line('', 'not reached')];
  return [
    line('risk says', `${recorded.decision}${reasonsText(recorded.reasons)}`),
    line('figures', "the cycle's documents are not in the lake any more"),
  ];
}

const reasonsText = (reasons: readonly string[]): string => (reasons.length === 0 ? '' : `: ${allInWords(reasons)}`);

function approvedLine(decision: Explanation['decision']): string[] {
  const approved = decision?.metadata.approvedWeight;
  return approved == null ? [] : [line('approved', `${pct(approved)} of equity`)];
}

interface LimitRow {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly action: string;
  /** A correlation is no percentage. */
  readonly plain?: boolean;
}

/** Of stresses and sectors the worst; of sectors the symbol's own too. */
function limitsTable(metrics: RiskMetrics, { risk: limits }: Policy, ownSector: string, { colors }: Io): string {
  const stress = worst(metrics.stress, ({ lossFrac }) => lossFrac);
  const sector = worst(metrics.sectors, ({ grossFrac }) => grossFrac);
  const sectors = metrics.sectors.filter((one) => one === sector || one.sector === ownSector);
  const level = pct(limits.confidenceLevel, 0).replace(' %', '');
  const rows: LimitRow[] = [
    { name: 'gross leverage', value: metrics.grossFrac, limit: limits.grossFracMax, action: 'scale' },
    { name: 'drawdown', value: metrics.drawdownFrac, limit: limits.drawdownFracMax, action: 'reject' },
    { name: `VaR ${level}, one day`, value: metrics.varFrac, limit: limits.varFracMax, action: 'scale' },
    { name: `CVaR ${level}, one day`, value: metrics.cvarFrac, limit: limits.cvarFracMax, action: 'scale' },
    ...(stress ? [{ name: `stress: ${stress.name}`, value: stress.lossFrac, limit: limits.stressLossFracMax, action: 'reject' }] : []),
    ...sectors.map((one) => ({ name: `sector: ${one.sector}`, value: one.grossFrac, limit: limits.sectorFracMax, action: 'scale' })),
    ...(metrics.averageCorrelation === null
      ? []
      : [
          {
            name: 'average correlation',
            value: metrics.averageCorrelation,
            limit: limits.averageCorrelationMax,
            action: 'scale',
            plain: true,
          },
        ]),
  ];
  const shown = (value: number, { plain }: LimitRow): string => (plain ? fixed(value) : pct(value));
  return wrappedTable<LimitRow>(
    [
      { title: 'limit on the book', text: ({ name }) => name },
      { title: 'value', align: 'right', text: (row) => shown(row.value, row) },
      { title: 'limit', align: 'right', text: (row) => shown(row.limit, row) },
      {
        title: 'used',
        text: ({ value, limit }) => bar(value / limit),
        dress: (cell, { value, limit }) => (value > limit ? colors.red(cell) : cell),
      },
      { title: '', text: ({ value, limit, action }) => (value > limit ? `over: ${action}` : '') },
    ],
    rows,
    colors.dim,
  );
}

const worst = <T>(items: readonly T[], of: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((found, item) => (found === undefined || of(item) > of(found) ? item : found), undefined);

const methodNames: Readonly<Record<TailMethod, string>> = {
  historical: 'historical',
  parametric: 'normal',
  cornishFisher: 'Cornish–Fisher',
  evt: 'Pareto tail',
};

/** VaR / CVaR by each method; those that do not limit stand in brackets. */
function tailLines({ tail, correlationShock }: RiskMetrics, policy: Policy | null): string[] {
  const limiting = new Set<string>(['historical', ...(policy?.tail.limitMethods ?? [])]);
  const methods = (Object.keys(methodNames) as TailMethod[]).map((method) => {
    const reading = tail[method];
    const text = isRefusal(reading)
      ? `${methodNames[method]} not used (${spoken(reading.reason)})`
      : `${methodNames[method]} ${pct(reading.varFrac)} / ${pct(reading.cvarFrac)}`;
    return limiting.has(method) ? text : `[${text}]`;
  });
  return [
    line('VaR / CVaR', `${methods.join(', ')}; the worst counts, but for what stands in brackets`),
    line('correlations', `moved ${pct(correlationShock.shockFrac, 0)} of the way to one: VaR ${pct(correlationShock.varFrac)}`),
  ];
}
