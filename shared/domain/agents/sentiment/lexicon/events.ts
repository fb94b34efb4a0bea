/** Words and phrases that are good or bad news by themselves. 1 changes what a company is worth; 0.3 is a tint. */
import { event, type Group } from './meaning.ts';

export const events: readonly Group[] = [
  // Results against expectations.
  event(
    0.9,
    'beats, beat, tops, topped, exceeds, exceeded, surpasses, surpassed, crushes, crushed, smashes, blows past, beats and raises, beat and raise, outpaces, topper',
  ),
  event(
    0.7,
    'positive surprise, upside surprise, guides higher, raises the bar, record results, record profit, record revenue, record sales, record quarter, record earnings',
  ),
  event(
    -0.9,
    'misses, miss, missed, falls short, fell short, fall short, disappoints, disappointed, disappoint, disappointment, guides lower, guides below',
  ),
  event(
    -0.9,
    'profit warning, issues profit warning, warns on profit, guidance cut, sales miss, earnings miss, negative surprise, turns to loss, swings to loss, swung to a loss, swings to a loss',
  ),
  event(0.8, 'swings to profit, swings to a profit, swung to a profit, returns to profit, turns profitable, turns a profit, profitable'),

  // Analysts.
  event(0.9, 'upgrade, upgrades, upgraded, upgrading, upped, double upgrade, top pick, street high, double upgraded'),
  event(-0.9, 'downgrade, downgrades, downgraded, downgrading, cut to, cuts to, sidelines, street low, loses a bull, double downgrade'),
  event(
    0.6,
    'bullish, bull case, undervalued, outperform the market, buy the dip, buying opportunity, more bullish, warming up to, warms up to, likes, room to run, bull trend, bull run, bullish bets, bullish case, is a buy, are a buy',
  ),
  event(
    -0.6,
    'bearish, bear case, overvalued, overpriced, bailing on, souring on, cashing out, cashing in, dumping, dumped, goes short, short seller, loses confidence, bear steps, bailing, bails, bails on, underperforming, underperforms',
  ),

  // Products, law, deals.
  event(
    0.8,
    'fda approval, wins fda approval, fda approves, fda clearance, receives approval, wins approval, granted priority review, priority review, breakthrough therapy, fast track designation, orphan drug designation',
  ),
  event(
    0.6,
    'positive data, positive trial, positive results, positive study, positive topline, meets primary endpoint, met primary endpoint, meets endpoint, stopped early on promising results, promising, encouraging',
  ),
  event(
    -0.9,
    'fda rejects, fda rejection, complete response letter, clinical hold, puts hold, trial failure, failed trial, trial fails, fails trial, misses endpoint, missed primary endpoint, thumbs down, recall, recalls, recalled',
  ),
  event(
    0.5,
    'approval, wins contract, awarded contract, receives contract, new orders, receives order, secures, lands, landed, signs deal, strikes deal, inks deal, inks, buyback, buybacks, share buyback, share repurchase, buy back, resume buybacks',
  ),
  event(0.3, 'approved, approves, partnership with, partners with, joint venture, victory, expansion, secured, clears, settlement'),
  event(
    0.5,
    'to be acquired, takeover bid, buyout offer, takeover offer, takeover interest, acquisition offer, stake purchases, activist, bought a stake, big stake',
  ),
  event(
    -0.6,
    'sues, sued, lawsuit, lawsuits, class action, class action lawsuit, class action suit, litigation, fined, fines, penalty, penalties, probe, probes, tax probe, investigation, investigations, subpoena, allegations, accused, accuses, violations, guilty, indicted',
  ),
  event(
    -0.3,
    'suit, suits, fine, legal action, legal actions, antitrust, alleged, charge, charges, strike, strikes, halt, delay, delays, delayed, postponed, rejected, rejects, blocked, ban, bans, hit, resigns, steps down, ousted, shut, shuts',
  ),
  event(
    -1,
    'fraud, bankruptcy, bankrupt, files for bankruptcy, chapter 11, insolvency, insolvent, accounting irregularities, restatement, restates, delisted, delisting, ponzi, money laundering, bribery, embezzlement, going concern, default, defaults',
  ),
  event(
    -0.7,
    'layoffs, lays off, laid off, job cuts, cut jobs, cuts jobs, cutting jobs, store closures, plant closure, closing stores, shutters, data breach, breach, hacked, cyberattack, outage',
  ),
  event(
    -0.4,
    'stock offering, share offering, equity offering, secondary offering, public offering, pricing equity offering, dilutive, dilution, restructuring',
  ),
  event(-0.7, 'dividend cut, suspends dividend, suspends buyback, halts production, production halt, grounded, suspends flights'),

  // Tone.
  event(
    0.2,
    'awarded, wins, won, win, good, great, success, successful, win win, best, hope, support, supports, helps, rescue, bailout, stimulus, opportunity, attractive',
  ),
  event(
    0.5,
    'good news, excellent, exceptional, outstanding, optimistic, optimism, positive, hopeful, hopes, breakthrough, boom, booming, thriving, thrive, thrives, comeback, resilient, confident, confidence, never better',
  ),
  event(
    0.4,
    'month high, year high, multimonth high, multiyear high, month highs, year highs, session highs, gainer, gainers, favorable, favourable, improvement, plateaued, higher open, upside, all time high, all time highs, record high, record highs, new high, new highs, week high, week highs, momentum, outperforms, outperformed, gains traction, impressed, breakout, breaking out, uptrend, squeeze',
  ),
  event(-0.2, 'bad, low, recession, bear market, crisis, downturn, difficult, struggle, correction, cancellation, disrupted, volatile'),
  event(
    -0.5,
    'bad news, terrible, awful, dire, grim, bleak, gloomy, pessimistic, pessimism, negative, painful, struggling, struggles, troubled, trouble, woes, turmoil, fiasco, scandal, challenging, hard pressed, nervous',
  ),
  event(
    -0.4,
    'warn, warns, warned, warning, caution, cautious, cautions, wary, worried, worries, worry, concern, concerns, concerned, fears, fear, uncertainty, uncertain, headwinds, headwind, weakness, jitters, looms, threat, volatility, hawkish',
  ),
  event(
    -0.5,
    'hit by, hit with, takes a hit, take a hit, hurt, pressured, under pressure, battered, pummeled, hammered, slammed, crippled, decimated, obliterated, disruption, disruptions, shortage, glut, carnage, bloodbath, red flags, spoofing',
  ),
  event(
    -0.4,
    'worst, lows, new low, month low, year low, multiyear low, downside, lower open, week low, week lows, all time low, lowest, slowest, oversupply, downtrend, death cross, junk, losers, under fire, criticizes, criticises, slams, conflict of interest, insolvencies, vulnerable, riskiest',
  ),
  event(-0.6, 'loss, losses, quarterly loss, net loss, wider loss, deficit, writedown, write down, impairment, shortfall'),
  event(0.5, 'narrower loss, smaller loss, smaller than expected loss, narrower than expected loss'),
  event(
    0.3,
    'deal hopes, trade deal optimism, fans confidence, are buying, is buying, not done buying, crazy about, betting on, snapping up, piling into',
  ),
  event(
    -0.3,
    'are selling, rushing to sell, insiders selling, cools on, pull back, pulls back, stumble, stumbles, no longer attractive, running out of steam, running out of room, drying up, wane, wanes',
  ),
];
