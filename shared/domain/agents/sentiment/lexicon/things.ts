/**
 * What can rise and fall, and whether more of it is good for a holder of the shares. 0 says that the lexicon knows the thing and takes no
 * side: an interest rate, a stake, a headcount of directors. Things side by side multiply: a "loss forecast" that rises is bad.
 */
import { type Group, thing } from './meaning.ts';

export const things: readonly Group[] = [
  // Results and plans.
  thing(
    1,
    'revenue, revenues, revs, rev, sales, profit, profits, earnings, eps, ebitda, ffo, nii, income, net income, operating income, top line, bottom line',
  ),
  thing(
    1,
    'margin, margins, cash flow, free cash flow, bookings, billings, backlog, orders, order, new orders, deliveries, shipments, traffic, volumes',
  ),
  thing(
    1,
    'guidance, outlook, forecast, forecasts, outlooks, view, targets, full year outlook, prospects, growth, earnings growth, growth rate, estimate, estimates, projections',
  ),
  thing(
    1,
    'same store sales, comparable sales, comps, subscribers, users, user growth, customers, demand, market share, pricing power, productivity, capacity, returns, comp sales',
  ),
  thing(
    1,
    'dividend, dividends, payout, distribution, quarterly dividend, monthly dividend, buyback, buybacks, buyback program, share buyback, repurchase program, share repurchase, stock buyback, share repurchases',
  ),
  thing(
    1,
    'price target, price targets, target price, stock price target, pt, target, price objective, rating, credit rating, debt rating, stake',
  ),
  thing(
    1,
    'share, shares, stock, stocks, share price, stock price, equities, futures, market cap, valuation, dow, nasdaq, s p, s&p, s&p 500, markets, index, indices, averages, bulls',
  ),
  thing(
    1,
    'confidence, optimism, hope, hopes, sentiment, momentum, strength, liquidity, cash, balance sheet, upside, recovery, efficiency, visibility',
  ),
  thing(
    1,
    'economy, gdp, payrolls, nonfarm payrolls, jobs, job growth, employment, hiring, factory orders, industrial production, pmi, retail sales, home sales, housing starts, consumer spending, activity, exports',
  ),
  thing(
    0.8,
    'oil prices, gold, oil, crude, bitcoin, copper, euro, sterling, pound, prices, wti, brent, natural gas, futures prices, gold futures',
  ),

  // What weighs.
  thing(
    -1,
    'loss, losses, net loss, operating loss, deficit, shortfall, cash burn, burn, writedown, writedowns, impairment, impairments, bad loans, problem loans, provisions, charge offs',
  ),
  thing(
    -1,
    'cost, costs, expense, expenses, debt, leverage, liabilities, borrowings, tariff, tariffs, duties, taxes, tax rate, fees, capex, cash out, dilution',
  ),
  thing(
    -1,
    'concern, concerns, doubt, doubts, worry, worries, fear, fears, risk, risks, question, questions, uncertainty, headwinds, headwind, pressure, pressures, tension, tensions, anxiety, panic',
  ),
  thing(
    -1,
    'unemployment, unemployment rate, jobless claims, initial claims, continuing claims, jobless rate, inflation, volatility, vix, churn, delays, defaults, delinquencies',
  ),
  thing(
    -1,
    'infections, cases, deaths, death toll, competition, short interest, bankruptcies, layoffs, red tape, threat, threats, scrutiny, gloom, pain, trouble, troubles, backlash, damage, resistance, havoc, oversupply, supply glut, lawsuit, lawsuits, class action, class action lawsuit, class action suit, litigation, suit, suits, probe, probes, tax probe, investigation, investigations, charges, penalties, allegations, woes',
  ),

  // Known, and neither.
  thing(
    0,
    'rate, rates, interest rates, interest rate, key rate, repo rate, yield, yields, borrowing costs, lending rate, discount rate, rate cut, rate cuts, bond yields, output, production, inventories, inventory, supply, spending',
  ),
  thing(
    0,
    'capital, funding, fund, funds, offering, notes, bonds, money, cash offer, bid, offer, awareness, eyebrows, questions about life, flag, hand, bar, carbon emissions, emissions, ties, ribbon, deal',
  ),
  thing(-0.5, 'jobs cut, staff cut'),
];
