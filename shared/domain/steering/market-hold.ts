/**
 * What the market holds the risk mode at, in sessions: what it says changes once a day, with the ingest, and what it said on the day before
 * is most of what it says today. Minutes of agreement between readings of the same day prove nothing.
 *
 * 1. Looks of one session are one session: the strictest of them is what that session bears.               hearMarket
 * 2. The hold tightens with the mode: after `looksToTighten` looks, or at once. The dwell delays none of it.
 * 3. It loosens to what `dwellSessions` sessions in a row bear, the one that goes on included.
 * 4. While it is stricter than what the market says now, it is a voice of its own.                           holdVoices
 * 5. A person who sets a looser mode has seen the same market and decided: the hold gives way to it.          yieldTo
 *
 * Why: volatility clusters, so a crisis has lulls in which every measure of it falls below its line for some days; a mode that follows
 * them makes a round trip that is paid in turnover and is back in time for the next fall. Sessions that were not looked at, or whose market
 * nobody could read, neither count nor break the row.
 *
 * Not covered: health, drawdown and what else changes within the session; their cool-down is in minutes (steer.ts).
 */
import type { EpochDay } from '../../kernel/units.ts';
import { type RiskMode, riskModes, type SteeringRules } from '../policy/steering-rules.ts';
import { type Agreement, hear, isStricter, loosestAgreed, noAgreement, stricter, strictestAgreed } from './agreement.ts';
import { type MarketWord, type Voice, voice } from './evidence.ts';

export interface MarketHold {
  /** The loosest mode that the market's voice bears. */
  readonly holds: RiskMode;
  /** Looks in a row, of the market alone. */
  readonly looks: Agreement<RiskMode>;
  /** The last session in which the market could be read, and the strictest that it said there; null before the first. */
  readonly session: EpochDay | null;
  readonly heard: RiskMode;
  /** Sessions in a row, up to the one before that. */
  readonly sessions: Agreement<RiskMode>;
}

type HoldRules = Pick<SteeringRules, 'looksToTighten' | 'dwellSessions'>;

/** Before the first look: nothing is held. */
export const freshHold: MarketHold = {
  ...{ holds: 'AGGRESSIVE', session: null, heard: 'AGGRESSIVE' },
  ...{ looks: noAgreement(riskModes), sessions: noAgreement(riskModes) },
};

/** After one more look, in that session. */
export function hearMarket(hold: MarketHold, session: EpochDay, { bears, atOnce }: MarketWord, rules: HoldRules): MarketHold {
  const isSame = session === hold.session;
  const heard = isSame ? stricter(hold.heard, bears, riskModes) : bears;
  const sessions = isSame || hold.session === null ? hold.sessions : hear(hold.sessions, hold.heard, riskModes);
  const looks = hear(hold.looks, bears, riskModes);
  const asked = stricter(atOnce, strictestAgreed(looks, rules.looksToTighten, riskModes), riskModes);
  const agreed = loosestAgreed(hear(sessions, heard, riskModes), rules.dwellSessions, riskModes);
  const loosened = isStricter(hold.holds, agreed, riskModes) ? agreed : hold.holds;
  return { holds: stricter(loosened, asked, riskModes), looks, session, heard, sessions };
}

/** What the hold adds to what the market says now; nothing where the market is as strict, or cannot be read. */
export function holdVoices(hold: MarketHold, now: MarketWord | null, { dwellSessions }: HoldRules): Voice[] {
  if (now === null || !isStricter(hold.holds, now.bears, riskModes)) return [];
  const looser = riskModes[riskModes.indexOf(hold.holds) + 1]!;
  const sessions = hear(hold.sessions, hold.heard, riskModes).asLooseAs[looser];
  return [voice(hold.holds, 'market-not-settled-yet', { sessions, dwellSessions })];
}

/** After a person set that mode: held no stricter, and looks are counted anew, as for the mode itself. */
export const yieldTo = (hold: MarketHold, mode: RiskMode): MarketHold => ({
  ...hold,
  holds: isStricter(hold.holds, mode, riskModes) ? mode : hold.holds,
  looks: noAgreement(riskModes),
});
