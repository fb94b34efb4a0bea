/** The fund as whoever runs it sees it: the book and today's orders, what trading costs, whom to believe, and how the machinery did. */
import type { AgentRecord } from '../../domain/analytics/agent-record.ts';
import type { ReportDocument } from '../../domain/analytics/report-document.ts';
import type { Count } from '../../domain/analytics/system-record.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import { barChart, reliabilityChart } from '../page/bar-charts.ts';
import { count, decimal, orDash, percent, signedUsd, usd, whyNot } from '../page/format.ts';
import { type Block, picture, type Section, table, text } from '../page/section.ts';
import { columnChart } from '../page/time-charts.ts';

export const operationsSections = (document: ReportDocument): Section[] => [
  bookSection(document),
  tradesSection(document),
  agentsSection(document),
  systemSection(document),
];

const holdingsShown = 25;
const nextClose = 'at the next close';
/** A tenth of confidence with fewer opinions is noise: at a hundred, the standard error of its hit rate is a twentieth. */
const binOpinionsMin = 100;
/** As many as there are colours. */
const agentsDrawn = 6;

function bookSection({ today }: ReportDocument): Section {
  const { exposure, holdings, equityUsd, cashUsd, risk } = today;
  const rows = holdings
    .map((held) => ({ ...held, worthUsd: held.quantity * held.priceUsd }))
    .sort((a, b) => Math.abs(b.worthUsd) - Math.abs(a.worthUsd) || (a.symbol < b.symbol ? -1 : 1))
    .map(({ symbol, sector, quantity, priceUsd, worthUsd }) => [
      symbol,
      sector ?? 'Unclassified',
      decimal(quantity, Number.isInteger(quantity) ? 0 : 4),
      usd(priceUsd),
      usd(worthUsd),
      percent(worthUsd / equityUsd),
    ]);
  const said =
    risk === null
      ? 'The risk engine was not asked.'
      : `Risk says ${risk.decision}: VaR ${percent(risk.varFrac)}, CVaR ${percent(risk.cvarFrac)} of equity in a day.`;
  const drawn =
    exposure.sectors.length === 0
      ? []
      : [
          picture(
            barChart({
              id: 'exposure',
              title: 'Exposure by sector',
              description: `Gross ${percent(exposure.grossFrac, 1)} of equity, net ${percent(exposure.netFrac, 1)}, over ${exposure.sectors.length} sectors.`,
              bars: exposure.sectors.map(({ sector, longFrac, shortFrac }) => ({ name: sector, values: [longFrac, shortFrac] })),
              format: (value) => percent(value, 1),
            }),
          ),
        ];
  const rest = rows.length > holdingsShown ? ` The table shows the ${holdingsShown} largest of ${rows.length}.` : '';
  return {
    id: 'book',
    title: 'The book that was decided on',
    blocks: [
      text(
        `Gross ${percent(exposure.grossFrac, 1)}, net ${percent(exposure.netFrac, 1)}, cash ${usd(cashUsd)}; valued at the closes of ${today.valuedAt}, before today's trades. ${said}${rest}`,
      ),
      ...drawn,
      ...(rows.length > 0
        ? [
            table(
              'Holdings, largest first',
              ['symbol', 'sector', '#shares', '#price', '#worth', '#of equity'],
              rows.slice(0, holdingsShown),
            ),
          ]
        : [text('Nothing is held.')]),
    ],
  };
}

function tradesSection({ today, costs, costsByDay }: ReportDocument): Section {
  const rows = today.trades.map(({ symbol, side, quantity, filledQuantity, averagePriceUsd, state, slippageUsd }) => [
    symbol,
    side,
    decimal(quantity, Number.isInteger(quantity) ? 0 : 4),
    decimal(filledQuantity, Number.isInteger(filledQuantity) ? 0 : 4),
    averagePriceUsd === null ? '–' : usd(averagePriceUsd),
    state,
    slippageUsd === null ? '–' : signedUsd(slippageUsd),
  ]);
  const drawn =
    costsByDay.length < 2
      ? []
      : [
          picture(
            columnChart({
              id: 'slippage',
              title: 'Slippage by day',
              description: `Trading ${usd(costs.tradedUsd)} cost ${usd(costs.slippageUsd)} against the prices when orders were sent${costs.slippageBps === null ? '' : `, ${decimal(costs.slippageBps, 1)} basis points`}.`,
              days: costsByDay.map(({ day }) => day),
              series: [{ name: 'slippage', classes: 'loss', values: costsByDay.map(({ slippageUsd }) => slippageUsd) }],
              base: 0,
              format: usd,
            }),
          ),
        ];
  // Without a fresh quote, an order is held against the close of its session, which the next cycle brings.
  const ofToday = (cost: string): string => (today.cost.orders > 0 && today.cost.unpriced === today.cost.orders ? nextClose : cost);
  const bps = costs.slippageBps === null ? '–' : decimal(costs.slippageBps, 2);
  return {
    id: 'trading',
    title: 'Trading and its cost',
    blocks: [
      ...drawn,
      table(
        'Cost; positive is a cost',
        ['', '#today', '#since the start'],
        [
          ['Orders', count(today.cost.orders), count(costs.orders)],
          ['Orders filled, in full or in part', count(today.cost.filledOrders), count(costs.filledOrders)],
          ['Traded', usd(today.cost.tradedUsd), usd(costs.tradedUsd)],
          ['Slippage against the price when sent', ofToday(signedUsd(today.cost.slippageUsd)), signedUsd(costs.slippageUsd)],
          ['in basis points of what was traded', ofToday(today.cost.slippageBps === null ? '–' : decimal(today.cost.slippageBps, 2)), bps],
          ['Delay, from decision to sending', ofToday(signedUsd(today.cost.delayUsd)), signedUsd(costs.delayUsd)],
          ['Opportunity, of what was not filled', nextClose, signedUsd(costs.opportunityUsd)],
          ['Orders with a part no price is known for', count(today.cost.unpriced), count(costs.unpriced)],
        ],
      ),
      rows.length > 0
        ? table("Today's orders", ['symbol', 'side', '#shares', '#filled', '#price', 'state', '#slippage'], rows)
        : text('No order today.'),
      text(
        'Cost is the implementation shortfall (Perold 1988). Delay is what the market did between the close that was decided at and the order: no cost of trading, but part of the result.',
      ),
    ],
  };
}

function agentsSection({ agents }: ReportDocument): Section {
  const estimate = (figure: AgentRecord['hitRate'], format: (value: number) => string): string =>
    isRefusal(figure) ? '–' : `${format(figure.value)}${figure.standardError === null ? '' : ` ± ${format(figure.standardError)}`}`;
  if (agents.every(({ judged }) => judged === 0))
    return { id: 'agents', title: 'Agents', blocks: [text('No opinion has had its session yet: the next cycle judges today’s.')] };
  return {
    id: 'agents',
    title: 'Agents',
    blocks: [
      table(
        'Opinions held against the next session, close to close',
        ['agent', '#judged', '#hit rate', '#sign right', '±rank correlation', '#Brier', '#calibration error', 'why none'],
        agents.map(({ agent, judged, hitRate, signHitRateFrac, rankCorrelation, brierScore, calibrationErrorFrac }) => [
          agent,
          count(judged),
          estimate(hitRate, (value) => percent(value, 1)),
          orDash(signHitRateFrac, (value) => percent(value, 1)),
          estimate(rankCorrelation, (value) => decimal(value, 3)),
          orDash(brierScore, (value) => decimal(value, 4)),
          orDash(calibrationErrorFrac, (value) => percent(value, 1)),
          whyNot(hitRate) || whyNot(rankCorrelation),
        ]),
      ),
      ...reliabilityBlocks(agents),
      text(
        'A hit is an opinion on the side of the session’s median opinion that the return is of the median return, so that a rising market makes nobody right. A Brier score of 0.25 is what a coin earns that says it is one. Standard errors are clustered by session.',
      ),
    ],
  };
}

function reliabilityBlocks(agents: readonly AgentRecord[]): Block[] {
  const drawn = agents
    .slice(0, agentsDrawn)
    .map(({ agent, hitRate, reliability }) => ({ agent, hitRate, bins: reliability.filter((bin) => bin.count >= binOpinionsMin) }))
    .filter(({ bins }) => bins.length > 0);
  if (drawn.length === 0) return [];
  return [
    picture(
      reliabilityChart({
        id: 'calibration',
        title: 'Stated and actual hit rates; on the dashed line they agree',
        description: `${drawn.map(({ agent, hitRate }) => `${agent}: hit rate ${orDash(hitRate, ({ value }) => percent(value, 1))}`).join('; ')}.`,
        agents: drawn.map(({ agent, bins }) => ({
          name: agent,
          points: bins.map(({ statedFrac, hitFrac, standardError, count: size }) => ({
            stated: statedFrac,
            hit: hitFrac,
            error: standardError,
            count: size,
          })),
        })),
        format: (value) => percent(value, 0),
      }),
    ),
    table(
      `Reliability by confidence, where there are ${binOpinionsMin} opinions or more`,
      ['agent', 'confidence', '#opinions', '#stated', '#hit'],
      drawn.flatMap(({ agent, bins }) =>
        bins.map(({ from, to, count: size, statedFrac, hitFrac }) => [
          agent,
          `${decimal(from, 1)} to ${decimal(to, 1)}`,
          count(size),
          percent(statedFrac, 1),
          percent(hitFrac, 1),
        ]),
      ),
    ),
  ];
}

function systemSection({ system, today }: ReportDocument): Section {
  const { sessions, sessionsWithCycle, phases, filledFrac } = system;
  const counts = (caption: string, of: string, rows: readonly Count[]) =>
    rows.length === 0
      ? []
      : [
          table(
            caption,
            [of, '#count'],
            rows.slice(0, 12).map(({ name, count: size }) => [name, count(size)]),
          ),
        ];
  const filled = filledFrac === null ? '' : ` ${percent(filledFrac, 1)} of all orders were filled, in full or in part.`;
  return {
    id: 'system',
    title: 'Machinery',
    blocks: [
      text(
        `${count(sessionsWithCycle)} of ${count(sessions)} sessions have a completed cycle. Today ${count(today.blockedSymbols)} of ${count(today.symbols)} symbols were not decided on.${filled} Policy ${today.policySha256.slice(0, 16)}, mode ${today.mode}.`,
      ),
      ...(phases.some(({ longestMs }) => longestMs > 0)
        ? [
            table(
              'Time of each phase, in seconds',
              ['phase', '#median', '#longest'],
              phases.map(({ phase, medianMs, longestMs }) => [phase, decimal(medianMs / 1000, 0), decimal(longestMs / 1000, 0)]),
            ),
          ]
        : [text('Every phase took less than a second, or the clock stood still while the cycles ran.')]),
      ...counts(
        'Regimes, in days',
        'regime',
        system.regimes.map((one) => ({ ...one, name: one.name.replaceAll('_', ' ') })),
      ),
      ...counts('Risk modes, in days', 'mode', system.modes),
      ...counts('Why symbols were not decided on today', 'reason', system.blockedToday),
      ...counts('Abstentions today', 'agent and reason', system.abstentionsToday),
      ...counts('Trades refused, since the start', 'reason', system.refusedTrades),
    ],
  };
}
