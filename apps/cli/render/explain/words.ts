/** Reason codes as an operator would say them. The codes are a contract with scripts and the audit trail; one without a sentence is read out. */
const sentences: Readonly<Record<string, string>> = {
  // The Meta-Brain and its control agents
  'increase-recommended': 'the recommended weight lies above what is held',
  'reduction-recommended': 'the recommended weight lies below what is held',
  'does-not-stand-out': 'its expected return does not stand out among the candidates',
  'expected-return-too-low': 'it is not expected to earn more than cash does',
  'within-rebalance-band': 'the recommended change is too small to be worth a trade',
  'marginal-cvar-over-limit': 'its own loss on the worst days lies above the tail-loss limit',
  'leverage-exceeded': 'gross leverage is over its limit, or would be',
  'risk-override': 'risk forbids every trade in this cycle',
  'no-valid-opinion': 'no agent has an opinion on it',
  'confidence-too-low': 'confidence lies below the least that counts',
  'data-quality-below-gate': 'its data-quality score lies below the gate',
  'no-dispersion-across-symbols': 'the candidates are too alike for any to stand out',
  'risk-input-not-finite': 'a measure that risk needs is no number',
  'volatility-unknown': 'its volatility is not known',
  // Allocation
  'cost-exceeds-conviction': 'trading it would cost more than it is expected to earn',
  outbid: 'stronger candidates took all seats of the auction',
  'covariance-missing': 'its returns are not in the covariance, so it cannot be sized',
  'closes-before-reversing': 'a position is closed before one on the other side is opened',
  'turnover-spent': 'the turnover of this cycle is used up',
  'sector-limit': 'its sector is full',
  'single-name-limit': 'it has the most weight that one name may have',
  'long-limit': 'the long side of the book is full',
  'short-limit': 'the short side of the book is full',
  'gross-limit': 'the book is full',
  'entry-step-limit': 'a position grows in steps, and this is one',
  'volatility-target': 'the book is steered down to its volatility target',
  'reduction-postponed': 'turnover is used up; the rest of the reduction waits',
  'beyond-volatility-stop': 'the price lies beyond the stop it would have',
  'volatility-stop': 'the price fell through its stop',
  'limit-repair': 'the book held broke a limit, and this repairs it',
  // Risk
  'risk-reject': 'risk rejects the proposed book',
  'risk-freeze': 'risk has frozen the book',
  'risk-liquidate': 'risk sells everything',
  'gross-leverage-over-limit': 'gross leverage is over its limit',
  'drawdown-over-limit': 'drawdown is over its limit',
  'var-over-limit': 'value at risk is over its limit',
  'cvar-over-limit': 'expected tail loss is over its limit',
  'stress-loss-over-limit': 'a stress scenario would lose more than its limit',
  'sector-exposure-over-limit': 'a sector weighs more than its limit',
  'average-correlation-over-limit': 'the holdings move together more than their limit',
  'breaker-tier-1': 'breaker tier 1: value at risk over its limit',
  'breaker-tier-2': 'breaker tier 2: value at risk or volatility far over its limit',
  'breaker-tier-3': 'breaker tier 3: drawdown over its limit in high volatility',
  'recovery-cooldown': 'the fund waits out the cooldown after a freeze',
  'recovery-ramp': 'the fund returns in steps after a freeze',
  'halted-cvar-persistence': 'halted: the tail loss was over its limit in too many cycles in a row',
  'halted-loss-limit': 'halted: the fund lost as much as it may',
  'operator-freezes': 'an operator froze the book',
  'operator-liquidates': 'an operator ordered everything sold',
  'returns-missing': 'the returns of a position are missing, so the book cannot be measured',
  // Orders
  'below-minimum-notional': 'the trade would be too small to be worth an order',
  'no-reference-price': 'the broker gives no price to check the order against',
  'no-decision-price': 'there is no close that it was decided at',
  'order-value-over-limit': 'the order is worth more than one order may be',
  'concentration-over-limit': 'the position would outgrow its limit',
  'too-many-open-orders': 'too many orders are open for it',
  'reference-price-stale': "the broker's price is too old",
  'reference-price-from-the-future': "the broker's price is dated later than now",
  'price-outside-collar': 'the price moved too far since it was decided on',
  'too-large-for-volume': 'the order is too large for the volume traded in a day',
  'message-rate-over-limit': 'too many messages were sent in a minute',
  'duplicate-order': 'the same order is there already',
  'symbol-restricted': 'it is on the restricted list',
  'quantity-not-tradable': 'its quantity cannot be traded',
  'control-not-permitting': 'trading was stopped while the cycle ran',
  // The market and the data
  'market-history-too-short': 'the history of the market is too short to name a regime',
  'market-history-stale': 'the history of the market ends too long before this session',
  'market-return-not-finite': 'a return of the market is no number',
  'market-return-constant': 'the market does not move',
  'history-too-short': 'its history has fewer rows than trading needs',
  'bars-missing': 'there are no bars of it',
  'loaded-history-too-short': 'fewer bars were loaded than a decision needs',
  'measures-not-finite': 'a measure of its prices is no number',
  'price-does-not-move': 'its price does not move',
};

/** Several, each once: a reason stands in the record for every breach of its limit. */
export const allInWords = (reasons: readonly string[]): string => [...new Set(reasons)].map(inWords).join('; ');

/** Without a full stop, in lower case, so that it can stand anywhere. */
export const inWords = (reason: string): string => sentences[reason] ?? spoken(reason);

/** `no-recent-news` read out. */
export const spoken = (code: string): string => code.replaceAll('-', ' ');

/** The code and what it means, where the sentence says more than the code. */
export const coded = (reason: string): string => (sentences[reason] === undefined ? spoken(reason) : `${reason}: ${inWords(reason)}`);
