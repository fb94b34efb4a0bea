/** Words that bend what others say: negation, degree, doubt, concession, and the small words that part one statement from the next. */
import type { Group } from './meaning.ts';

const negator = (factor: number, phrases: string): Group => ({ meaning: { kind: 'negator', factor }, phrases });
const degree = (factor: number, phrases: string): Group => ({ meaning: { kind: 'degree', factor }, phrases });
const hedge = (factor: number, phrases: string): Group => ({ meaning: { kind: 'hedge', factor }, phrases });
const grade = (level: number, phrases: string): Group => ({ meaning: { kind: 'grade', level }, phrases });

export const modifiers: readonly Group[] = [
  // Not doing well is bad; not doing badly is less good than doing well.
  negator(-0.7, 'not, no longer, never, neither, nor, nothing, no, isn, hardly, barely, unlikely, unlikely to, far from, nowhere near'),
  negator(
    -1,
    'fail to, fails to, failed to, failing to, fails, unable to, refuses to, misses chance to, struggles to, struggle to, stops short of',
  ),
  negator(
    -0.4,
    'deny, denies, denied, denying, rejects claims of, dismisses, refutes, refute, rules out, ruled out, without, cleared of, acquitted of, immune to',
  ),

  degree(
    1.3,
    'sharply, significantly, massively, heavily, dramatically, strongly, most, huge, massive, big, steep, steeply, deep, deeper, considerable, unprecedented, badly, soundly, handily, never been this, never been more, never this, never so',
  ),
  degree(1.15, 'well, very, much, substantially, further, again, nearly, double digit, rapid, largest, biggest'),
  degree(
    0.55,
    'slightly, modestly, marginally, little, a bit, a tad, a touch, somewhat, narrowly, fractionally, mildly, temporarily, temporary, small, modest, slight, partly',
  ),

  hedge(
    0.6,
    'could, may, might, would, if, possible, possibly, potential, potentially, perhaps, maybe, reportedly, rumored, weighs, considers, considering, mulls, mulling, should',
  ),
  hedge(0.35, 'despite, in spite of, even as, even after, although, though, even though, notwithstanding'),

  grade(1, 'strong buy, conviction buy, conviction list'),
  grade(0.8, 'buy, outperform, overweight, accumulate, sector outperform, add, market outperform'),
  grade(
    -0.2,
    'hold, neutral, market perform, mkt perform, sector perform, equal weight, equalweight, peer perform, sector weight, in line, perform, market weight, underweight from',
  ),
  grade(-0.8, 'sell, underperform, underweight, reduce rating, sector underperform, strong sell'),
  {
    meaning: { kind: 'grading', factor: 1 },
    phrases:
      'initiated, initiates, initiate, started, starts, rated, coverage, resumed, resumes at, assumed, launched coverage, initiated coverage, moving to, moving',
  },
  {
    meaning: { kind: 'grading', factor: 0.4 },
    phrases: 'reiterated, reiterates, reiterate, maintains, maintained, keeps, kept, reaffirmed, reaffirms, remains a',
  },

  {
    meaning: { kind: 'expectation' },
    phrases:
      'expected, than expected, expectations, estimated, than, anticipated, than anticipated, previously, a surprise, consensus, year over year, quarterly, annual, full year, its, their, the, in, of, is, are, was, were, be, been, being, has, have, had, per share',
  },
  {
    meaning: { kind: 'wall' },
    phrases:
      'after, as, on, amid, for, from, to, at, by, with, over, while, when, because, because of, due to, and, or, following, before, ahead of, since, that, which, who, says, say, said, sees, about, into, against, until, via, where, will',
  },
  { meaning: { kind: 'versus' }, phrases: 'vs, versus, compared with, compared to' },
  { meaning: { kind: 'turn' }, phrases: 'but, however, yet' },
  {
    meaning: { kind: 'nothing' },
    phrases:
      'hedge fund, short term, long term, price cut, price cuts, growth stock, growth stocks, value stocks, profit taking, follow up, start up, start ups, sign up, set up, pick up, wake up, back up, line up, coming up, make up, end up, catch up, tune up, open up, step up, steps up, stepped up, up to, up to date, up for, round up, mix up, wrap up, shut down, lock down, break down, breaks down, slow down to, high yield, low cost, record date, cost effective, stop loss, crude oil inventories report, gains tax, loss making unit sale, offering price, job market report, watch list, more information, read more, get more, and more, more on, more than, no more, sign up for updates, more updates, get more updates, short selling, buy or sell, rising star, lower manhattan, high court, press release, earnings call, earnings preview, earnings conference call, earnings scheduled, ex dividend, dividend stocks, income fund, income trust, growth fund, market update, less than, as well, oil and gas, oil gas, under armour, best buy, dollar general, new high school, fair value, fair isaac, first solar, healthy eating, growth conference, gains from, lost in, up or down, ups and downs, gold mine, drop the ball, dropped the ball, hit the road, off the road, off to, off of, kick off, kicks off, sell side, buy side, bull of the day, bear of the day, bulls and bears, lower house, cuts to the chase, net operating losses, real estate, initial public offering, amends and restates, amended and restated, senior secured, secured notes, secured loan, show up, shows up, racks up, ramp up, drying up of, goes up in smoke, up in smoke, go up in smoke, picks up the tab, rate of return, cut off, stock up, stocks up on, just in time, strong dose, strike price, strikes a balance, call option, put option, put options, call options, price discovery, market maker, stands to, gold medal, gold standard, quantitative easing, easing cycle, monetary easing, bond bulls, buy the rumor, up close, growing interest, big time, target corp, sell to',
  },
];
