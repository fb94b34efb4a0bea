/** An order as TWS is told it. What TWS cannot be told exactly is refused here, before anything is sent. */
import { OrderAction } from '@stoqey/ib/dist/api/order/enum/order-action.js';
import { OrderType as TwsOrderType } from '@stoqey/ib/dist/api/order/enum/orderType.js';
import { TimeInForce as TwsTimeInForce } from '@stoqey/ib/dist/api/order/enum/tif.js';
import type { Order } from '@stoqey/ib/dist/api/order/order.js';
import { ContractViolation } from '../../kernel/errors.ts';
import { assertWithinCapabilities } from '../admission.ts';
import type { BrokerCapabilities, BrokerOrder, OrderToSubmit, Replacement } from '../broker.ts';
import { priceText, quantityText } from '../decimal-text.ts';

const typeWords = {
  MARKET: TwsOrderType.MKT,
  LIMIT: TwsOrderType.LMT,
  STOP: TwsOrderType.STP,
  STOP_LIMIT: TwsOrderType.STP_LMT,
} as const;
const timeInForceWords = { DAY: TwsTimeInForce.DAY, GTC: TwsTimeInForce.GTC, IOC: TwsTimeInForce.IOC, FOK: TwsTimeInForce.FOK } as const;

/** A short sale is a plain SELL: the word SSHORT is for institutions. @throws ContractViolation */
export function twsOrder(order: OrderToSubmit, account: string, capabilities: BrokerCapabilities): Order {
  assertWithinCapabilities(order, capabilities);
  return {
    account,
    action: order.side === 'BUY' ? OrderAction.BUY : OrderAction.SELL,
    totalQuantity: Number(quantityText(order.quantity)),
    orderType: typeWords[order.type],
    tif: timeInForceWords[order.timeInForce],
    orderRef: order.clientOrderId,
    ...('limitPrice' in order && { lmtPrice: Number(priceText(order.limitPrice)) }),
    ...('stopPrice' in order && { auxPrice: Number(priceText(order.stopPrice)) }),
    outsideRth: false,
    transmit: true,
  };
}

/** @throws ContractViolation for a replacement that TWS could not be told, before the order that it replaces is touched. */
export function assertTellable({ quantity, limitPrice, stopPrice }: Replacement, { fractionalShares }: BrokerCapabilities): void {
  quantityText(quantity);
  for (const price of [limitPrice, stopPrice]) if (price !== undefined) priceText(price);
  if (!fractionalShares && !Number.isInteger(quantity)) throw new ContractViolation('this broker trades whole shares', { quantity });
}

/** The order as it was meant, before TWS has said how far it is. */
export const orderAsMeant = (order: OrderToSubmit, permId: number): BrokerOrder => ({
  brokerOrderId: String(permId),
  clientOrderId: order.clientOrderId,
  symbol: order.symbol,
  side: order.side,
  type: order.type,
  timeInForce: order.timeInForce,
  quantity: order.quantity,
  ...('limitPrice' in order && { limitPrice: order.limitPrice }),
  ...('stopPrice' in order && { stopPrice: order.stopPrice }),
  cumulativeQuantity: 0 as BrokerOrder['cumulativeQuantity'],
  state: 'UNKNOWN',
  brokerStatus: '',
});
