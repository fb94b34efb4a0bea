/** Sections 8 and 9: the checks before an order leaves, the orders, and what the ledger knows of them now. */
import type { OrderIntent } from '../../../../shared/domain/execution/order-intent.ts';
import type { Check } from '../../../../shared/domain/execution/pre-trade.ts';
import type { LedgerOrder } from '../../../../shared/stores/ledger/index.ts';
import type { Explanation } from '../../explanation.ts';
import type { Io } from '../../io.ts';
import { formatUsd } from '../table.ts';
import { bar, count, fixed, line, pct, price, signed, wrappedTable } from './layout.ts';
import { inWords, spoken } from './words.ts';

export function preTradeLines({ decision, plan }: Explanation, io: Io): string[] {
  const refused = plan?.refused.flatMap(({ reasons }) => reasons) ?? [];
  const checks = decision?.risk_checks.preTrade ?? [];
  const lines = checks.length > 0 ? [checksTable(checks, io)] : [];
  if (refused.length > 0) lines.push(line('refused', refused.map(inWords).join('; ')));
  return lines.length > 0 ? lines : [line('', 'none: there was no order to check')];
}

function checksTable(checks: readonly Check[], { colors }: Io): string {
  return wrappedTable<Check>(
    [
      { title: 'check', text: ({ name }) => spoken(name) },
      { title: 'value', align: 'right', text: ({ name, value }) => (value === null ? 'unknown' : measured[name](value)) },
      { title: 'limit', align: 'right', text: ({ name, limitValue }) => (limitValue === null ? '' : measured[name](limitValue)) },
      {
        title: 'used',
        text: ({ value, limitValue }) => (value === null || limitValue === null || limitValue === 0 ? '' : bar(value / limitValue)),
      },
      {
        title: '',
        text: ({ passed, refusal }) => (passed ? 'passed' : `REFUSED: ${inWords(refusal ?? 'unknown')}`),
        dress: (cell, { passed }) => (passed ? cell : colors.red(cell)),
      },
    ],
    checks,
    colors.dim,
  );
}

const flag = (value: number): string => (value === 0 ? 'no' : 'yes');

/** Each check's number in its unit; the flags say whether the fault was found. */
const measured: Readonly<Record<Check['name'], (value: number) => string>> = {
  'order-sane': (value) => (value === 0 ? 'sane' : 'not sane'),
  'order-type': (value) => (value === 0 ? 'fits' : price(value)),
  'order-value': (usd) => `${count(usd)} USD`,
  concentration: (frac) => pct(frac),
  'open-orders': (orders) => count(orders),
  'symbol-settled': (orders) => count(orders),
  locate: (shares) => `${count(shares)} short`,
  'reference-fresh': (ageMs) => `${fixed(ageMs / 1000, 1)} s old`,
  'price-collar': (frac) => pct(frac),
  'volume-share': (frac) => pct(frac, 3),
  'message-throttle': (messages) => `${count(messages)}/min`,
  duplicate: flag,
  'restricted-list': flag,
};

export function orderLines({ orders, plan, position }: Explanation): string[] {
  const intents = new Map(plan?.orders.map(({ intent }) => [String(intent.clientOrderId), intent]));
  const known = new Set(orders.map(({ orderId }) => String(orderId)));
  const unsent = [...intents.values()].filter(({ clientOrderId }) => !known.has(String(clientOrderId)));
  if (orders.length + unsent.length === 0) return [line('', 'none'), ...heldLine(position)];
  return [
    ...orders.flatMap((order) => orderText(order, intents.get(String(order.orderId)))),
    ...unsent.map(({ clientOrderId, side, quantity }) =>
      line('planned', `${side} ${shares(quantity)} as ${clientOrderId}: never reserved, so it was not sent`),
    ),
    ...heldLine(position),
  ];
}

const shares = (quantity: number): string => `${quantity.toLocaleString('en-US', { maximumFractionDigits: 4 })} shares`;

function orderText(order: LedgerOrder, intent: OrderIntent | undefined): string[] {
  const { orderId, side, quantity, type, timeInForce, state, cumulativeQuantity, averagePrice, note } = order;
  const filled = cumulativeQuantity > 0 && averagePrice !== undefined;
  const decidedAt = intent === undefined ? '' : `, decided at ${price(intent.referencePriceUsd)}`;
  return [
    line('order', orderId),
    line('', `${side} ${shares(quantity)}, ${type} ${timeInForce}${decidedAt}`),
    line(
      'became',
      `${state}${note ? `: ${inWords(note)}` : ''}${filled ? `: ${shares(cumulativeQuantity)} at ${price(averagePrice)}` : ''}`,
    ),
    ...(filled && intent !== undefined ? [line('', slippage(side, averagePrice, cumulativeQuantity, intent.referencePriceUsd))] : []),
  ];
}

/** Against the close it was decided at: the market's move since, spread and impact together. */
function slippage(side: LedgerOrder['side'], paid: number, quantity: number, decidedAtUsd: number): string {
  const worseFrac = ((side === 'BUY' ? 1 : -1) * (paid - decidedAtUsd)) / decidedAtUsd;
  const usd = Math.abs(paid - decidedAtUsd) * quantity;
  return `${signed(worseFrac * 10_000, 1)} bp against the close it was decided at, ${formatUsd(usd)} ${worseFrac > 0 ? 'worse' : 'better'}`;
}

function heldLine(position: Explanation['position']): string[] {
  if (position === null) return [line('held now', 'nothing')];
  const { quantity, averageCost, costUsd, realisedUsd } = position;
  if (quantity === 0) return [line('held now', `nothing; realised ${formatUsd(realisedUsd)} so far`)];
  const cost = averageCost === undefined ? '' : ` at ${price(averageCost)} on average, ${formatUsd(costUsd)} in all`;
  return [line('held now', `${shares(quantity)}${cost}; realised ${formatUsd(realisedUsd)} so far`)];
}
