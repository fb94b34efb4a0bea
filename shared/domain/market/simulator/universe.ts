/**
 * The sixty companies of the simulated market, over all eleven GICS sectors. None of them exists: tickers start with Q or Z
 * and names are made up, so that nobody takes a simulated price for a quote. What makes each behave its own way is here.
 */
import type { Ticker } from '../../../kernel/units.ts';

export interface SimulatedCompany {
  readonly symbol: Ticker;
  readonly name: string;
  readonly sector: string;
  readonly marketBeta: number;
  /** Standard deviation of what neither market nor sector explains, a year. */
  readonly annualizedOwnVol: number;
  readonly firstPriceUsd: number;
  /** Typical traded value of a day, in millions of dollars. */
  readonly dailyValueUsdM: number;
  /** Of the price, a year, paid in quarters; 0 pays nothing. */
  readonly dividendYieldFrac: number;
}

export interface SimulatedSplit {
  readonly symbol: Ticker;
  /** New shares for one old one. */
  readonly ratio: number;
  /** Ex-date, as a session counted from the first. */
  readonly session: number;
}

type Row = readonly [
  symbol: string,
  name: string,
  beta: number,
  annualizedOwnVol: number,
  price: number,
  valueUsdM: number,
  dividendYield: number,
];

const rowsBySector: Readonly<Record<string, readonly Row[]>> = {
  'Information Technology': [
    ['QALD', 'Aldergrove Semiconductors', 1.4, 0.32, 84, 420, 0],
    ['QBYT', 'Bytewell Systems', 1.25, 0.28, 61, 260, 0.006],
    ['QCIR', 'Cirrostrate Cloud', 1.35, 0.36, 47, 310, 0],
    ['QDEL', 'Deltaforge Devices', 1.2, 0.26, 118, 380, 0.012],
    ['QLAT', 'Latticewood Software', 1.15, 0.25, 152, 290, 0],
    ['QNOV', 'Novaquay Networks', 1.1, 0.24, 39, 150, 0.018],
    ['QPIX', 'Pixelmoor Imaging', 1.3, 0.34, 28, 120, 0],
    ['ZTER', 'Terabourne Storage', 1.2, 0.3, 66, 170, 0.014],
  ],
  'Health Care': [
    ['QAXO', 'Axonvale Therapeutics', 0.9, 0.38, 73, 180, 0],
    ['QBIO', 'Biolume Diagnostics', 0.85, 0.27, 96, 140, 0.008],
    ['QCUR', 'Curamont Hospitals', 0.9, 0.24, 54, 110, 0.012],
    ['QHEL', 'Heliomed Devices', 0.8, 0.22, 131, 190, 0.01],
    ['QPHA', 'Pharrowgate Laboratories', 0.65, 0.2, 88, 260, 0.028],
    ['ZSER', 'Serumfield Biologics', 0.95, 0.36, 42, 130, 0],
    ['ZVIT', 'Vitalstone Insurance', 0.75, 0.22, 164, 230, 0.011],
  ],
  Financials: [
    ['QANC', 'Anchorstead Bancorp', 1.2, 0.22, 48, 240, 0.027],
    ['QBRI', 'Bridgemere Capital', 1.3, 0.27, 92, 160, 0.018],
    ['QCOI', 'Coinbrook Payments', 1.1, 0.28, 137, 280, 0.005],
    ['QGRA', 'Granitehall Trust', 1.15, 0.21, 71, 130, 0.024],
    ['QKEE', 'Keelrock Insurance', 0.85, 0.18, 109, 120, 0.022],
    ['ZMIN', 'Mintonvale Bank', 1.25, 0.25, 33, 190, 0.03],
    ['ZUND', 'Underhollow Reinsurance', 0.8, 0.2, 157, 90, 0.02],
  ],
  'Consumer Discretionary': [
    ['QBAZ', 'Bazaarwick Online', 1.25, 0.3, 145, 520, 0],
    ['QCAR', 'Carrowmoor Motors', 1.35, 0.36, 37, 230, 0],
    ['QHAM', 'Hamletree Homes', 1.3, 0.28, 52, 110, 0.012],
    ['QLUX', 'Luxholm Apparel', 1.1, 0.27, 79, 120, 0.014],
    ['QTRA', 'Travelstane Hotels', 1.25, 0.26, 94, 140, 0.009],
    ['ZFOR', 'Forkandfell Restaurants', 0.95, 0.23, 68, 130, 0.016],
  ],
  Industrials: [
    ['QAER', 'Aerowold Engines', 1.15, 0.24, 122, 180, 0.017],
    ['QDRA', 'Drayfield Freight', 1.05, 0.23, 58, 90, 0.015],
    ['QFOU', 'Foundrygate Tools', 1.1, 0.22, 103, 110, 0.019],
    ['QHUL', 'Hullborough Shipyards', 0.9, 0.25, 45, 70, 0.013],
    ['QRAI', 'Railmarsh Lines', 0.95, 0.19, 141, 160, 0.018],
    ['ZWAS', 'Wastonbury Services', 0.75, 0.17, 87, 100, 0.016],
  ],
  'Consumer Staples': [
    ['QBRE', 'Breadwell Foods', 0.55, 0.17, 63, 120, 0.029],
    ['QCLE', 'Cleanmere Household', 0.5, 0.16, 94, 170, 0.026],
    ['QGRO', 'Grocerfold Markets', 0.6, 0.2, 41, 130, 0.017],
    ['QORC', 'Orchardine Beverages', 0.55, 0.16, 55, 150, 0.031],
    ['ZTEA', 'Teabarrow Brands', 0.6, 0.19, 72, 70, 0.024],
  ],
  'Communication Services': [
    ['QFEE', 'Feedlark Media', 1.2, 0.34, 112, 470, 0],
    ['QMAS', 'Mastholm Telecom', 0.65, 0.19, 36, 210, 0.044],
    ['QPLA', 'Playmote Games', 1.05, 0.33, 58, 130, 0],
    ['QSTR', 'Streamwick Video', 1.15, 0.36, 134, 300, 0],
    ['ZPRE', 'Pressfold Publishing', 0.9, 0.25, 27, 50, 0.02],
  ],
  Energy: [
    ['QDRI', 'Drillstone Services', 1.35, 0.34, 49, 120, 0.02],
    ['QGAS', 'Gaswold Pipelines', 0.95, 0.22, 31, 110, 0.046],
    ['QOIL', 'Oilmere Exploration', 1.15, 0.29, 76, 260, 0.033],
    ['QREF', 'Refinebrook Fuels', 1.2, 0.28, 64, 140, 0.035],
    ['ZWEL', 'Wellharrow Petroleum', 1.1, 0.27, 98, 180, 0.03],
  ],
  Utilities: [
    ['QDAM', 'Damsel Ridge Hydro', 0.45, 0.16, 53, 70, 0.034],
    ['QELE', 'Electrafen Power', 0.4, 0.15, 68, 110, 0.036],
    ['QWAT', 'Waterlea Works', 0.4, 0.15, 82, 60, 0.02],
    ['ZGRI', 'Gridmoor Transmission', 0.45, 0.16, 47, 80, 0.038],
  ],
  'Real Estate': [
    ['QCEL', 'Cellmast Towers', 0.75, 0.2, 126, 120, 0.022],
    ['QFLA', 'Flatstead Apartments', 0.8, 0.2, 74, 80, 0.034],
    ['QSHE', 'Shedwick Logistics Parks', 0.95, 0.21, 57, 110, 0.029],
    ['ZMAL', 'Mallowby Centres', 1.2, 0.29, 38, 60, 0.048],
  ],
  Materials: [
    ['QCEM', 'Cementgill Aggregates', 1.05, 0.23, 108, 80, 0.01],
    ['QORE', 'Orefell Mining', 1.3, 0.35, 34, 190, 0.026],
    ['ZCHE', 'Chemwater Industries', 1.1, 0.23, 77, 90, 0.024],
  ],
};

/** In sector order, then as listed. */
export const simulatedUniverse: readonly SimulatedCompany[] = Object.entries(rowsBySector).flatMap(([sector, rows]) =>
  rows.map(([symbol, name, marketBeta, annualizedOwnVol, firstPriceUsd, dailyValueUsdM, dividendYieldFrac]) => ({
    symbol: symbol as Ticker,
    name,
    sector,
    marketBeta,
    annualizedOwnVol,
    firstPriceUsd,
    dailyValueUsdM,
    dividendYieldFrac,
  })),
);

export const simulatedSplits: readonly SimulatedSplit[] = [
  { symbol: 'QBAZ' as Ticker, ratio: 4, session: 910 },
  { symbol: 'QFEE' as Ticker, ratio: 2, session: 1320 },
  { symbol: 'QALD' as Ticker, ratio: 3, session: 1555 },
  { symbol: 'QCOI' as Ticker, ratio: 2, session: 1890 },
  { symbol: 'ZPRE' as Ticker, ratio: 0.1, session: 700 },
];

/** Bought at a premium and delisted: its bars end with this session, counted from the first. */
export const simulatedDelisting = { symbol: 'QHUL' as Ticker, lastSession: 1404, offerSessions: 45, offerPremiumFrac: 0.17 } as const;
