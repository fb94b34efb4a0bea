/** Shares without the noise of adding and subtracting floats: the finest quantity a broker takes is a billionth. */
export const exactShares = (shares: number): number => Math.round(shares * 1e9) / 1e9;
