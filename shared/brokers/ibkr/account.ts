/**
 * Account and positions. How many shares there are comes from TWS's position list, which it brings up to date with every fill; what they are
 * worth from the account download, which TWS refreshes every three minutes and with every change of a position.
 *
 * TWS tells no averages but with commissions in them. Whether the account may borrow shares it does not tell at all: an operator says so.
 */
import { TransientFailure } from '../../kernel/errors.ts';
import type { Price, Shares, Usd } from '../../kernel/units.ts';
import type { BrokerAccount, BrokerPosition } from '../broker.ts';
import { isUsStock, tickerOf } from './contract.ts';
import type { TwsSession } from './session.ts';

interface Download {
  /** US dollar amounts and flags by TWS's own key. */
  readonly values: ReadonlyMap<string, string>;
  readonly holdings: ReadonlyMap<string, { readonly marketPrice: number; readonly marketValue: number }>;
}

export async function readAccount(session: TwsSession, account: string, mayShort: boolean): Promise<BrokerAccount> {
  const { values, holdings } = await downloadAccount(session, account);
  const usd = (key: string): Usd => {
    const value = Number(values.get(key) ?? Number.NaN);
    if (!Number.isFinite(value)) throw new TransientFailure(`TWS has not told the account's ${key} in US dollars yet`, { account });
    return value as Usd;
  };
  const [long, short] = [[] as number[], [] as number[]];
  for (const { marketValue } of holdings.values()) (marketValue < 0 ? short : long).push(marketValue);
  return {
    accountId: account,
    cash: usd('TotalCashValue'),
    buyingPower: usd('BuyingPower'),
    equity: usd('NetLiquidation'),
    longMarketValue: total(long),
    shortMarketValue: total(short),
    // Not so while IB resets its servers: figures read then are not to be traded on.
    mayTrade: values.get('AccountReady') === 'true',
    mayShort,
  };
}

export async function readPositions(session: TwsSession, account: string): Promise<readonly BrokerPosition[]> {
  const held = await session.askInLine<Pick<BrokerPosition, 'symbol' | 'quantity' | 'averageEntryPrice'>[]>('positions', (turn) => {
    const positions: Pick<BrokerPosition, 'symbol' | 'quantity' | 'averageEntryPrice'>[] = [];
    turn.on('position', (owner, contract, quantity, averageCost) => {
      if (owner !== account || !isUsStock(contract) || quantity === 0) return;
      positions.push({ symbol: tickerOf(contract), quantity: quantity as Shares, averageEntryPrice: averageCost as Price });
    });
    turn.on('positionEnd', () => {
      turn.api.cancelPositions();
      turn.answer(positions);
    });
    turn.api.reqPositions();
  });
  if (held.length === 0) return [];
  const { holdings } = await downloadAccount(session, account);
  return held
    .map((position) => {
      const priced = holdings.get(position.symbol);
      if (!priced) throw new TransientFailure('TWS has not priced a position yet', { symbol: position.symbol });
      const marketValue = (position.quantity * priced.marketPrice) as Usd;
      return { ...position, currentPrice: priced.marketPrice as Price, marketValue };
    })
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function downloadAccount(session: TwsSession, account: string): Promise<Download> {
  return session.askInLine<Download>('account', (turn) => {
    const values = new Map<string, string>();
    const holdings = new Map<string, { marketPrice: number; marketValue: number }>();
    turn.on('updateAccountValue', (key, value, currency, owner) => {
      if (owner === account && (currency === 'USD' || currency === '')) values.set(key, value);
    });
    turn.on('updatePortfolio', (contract, quantity, marketPrice, marketValue) => {
      if (isUsStock(contract) && quantity !== 0) holdings.set(tickerOf(contract), { marketPrice, marketValue });
    });
    turn.on('accountDownloadEnd', (owner) => {
      if (owner !== account) return;
      turn.api.reqAccountUpdates(false, account);
      turn.answer({ values, holdings });
    });
    turn.api.reqAccountUpdates(true, account);
  });
}

const total = (amounts: readonly number[]): Usd => amounts.reduce((sum, amount) => sum + amount, 0) as Usd;
