/**
 * The units that lose money when swapped. A brand costs nothing at run time; it only stops the compiler
 * from letting a fraction be read as basis points, or a price as an amount.
 */
declare const unit: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [unit]: Name };

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Branded<number, 'EpochMs'>;
/** Whole days since 1970-01-01; names a New York trading session, never an instant. */
export type EpochDay = Branded<number, 'EpochDay'>;
/** A ratio where 1 is the whole. */
export type Frac = Branded<number, 'Frac'>;
/** A ratio where 10,000 is the whole; only at venue and cost edges. */
export type Bps = Branded<number, 'Bps'>;
/** An amount of US dollars. */
export type Usd = Branded<number, 'Usd'>;
/** US dollars for one share. */
export type Price = Branded<number, 'Price'>;
/** A count of shares; fractional to 4 decimals; negative is short. */
export type Shares = Branded<number, 'Shares'>;
/** An exchange ticker, as text: `TRUE`, `ON` and `NA` are tickers. */
export type Ticker = Branded<string, 'Ticker'>;
/** Our own order id, sent to the broker as the client order id. */
export type OrderId = Branded<string, 'OrderId'>;
/** Names one scheduled cycle; also the Step Functions execution name. */
export type CycleId = Branded<string, 'CycleId'>;
/** A positive whole number; each published policy has the next. */
export type PolicyVersion = Branded<number, 'PolicyVersion'>;
/** Lower-case hex of a SHA-256 digest. */
export type Sha256 = Branded<string, 'Sha256'>;
