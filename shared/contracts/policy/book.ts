/** The parts of a policy about the book as a whole: how it is optimised, what is laid over it, how its tail is measured, what it must survive. */
import * as z from 'zod';
import { tryParseDay } from '../../kernel/days.ts';
import { count, frac, notNegative, positive, rate } from './numbers.ts';

export const optimizer = z.strictObject({
  seatsMax: count,
  iterationsMax: count,
  residualFracMax: frac,
  volatilityScaleUpMax: z.number().min(1).max(2),
  volatilityBandFrac: frac,
});

export const overlays = z.strictObject({
  volatilityStop: z.strictObject({ enabled: z.boolean(), bars: count.min(2), rangeMultiple: positive }),
  sectorBalance: z.strictObject({ enabled: z.boolean(), bandFrac: frac }),
  beta: z.strictObject({ enabled: z.boolean(), target: z.number(), band: notNegative }),
  tailHedge: z.strictObject({
    instrument: z.enum(['none', 'index-put', 'volatility-call']),
    coveredFrac: frac,
    strikeFrac: positive,
    years: positive,
    rollAtYears: positive,
    dividendYieldFrac: frac,
    volOfVol: positive,
    volPointsPerIndexPoint: positive,
    surface: z.strictObject({
      premiumMultiple: positive,
      longRunVol: positive,
      termDecayPerYear: notNegative,
      skewPerLogMoneyness: notNegative,
      volFloor: positive,
      volCap: positive,
    }),
  }),
});

export const tail = z.strictObject({
  limitMethods: z
    .array(z.enum(['historical', 'parametric', 'cornishFisher', 'evt']))
    .refine((methods) => methods.includes('historical'), { message: 'the historical method is always held against the limits' })
    .readonly(),
  thresholdQuantile: z.number().min(0.5).max(0.99),
  exceedancesMin: count.min(50),
  distinctExceedanceFracMin: frac,
  correlationShockFrac: frac,
});

const day = z.string().refine((text) => tryParseDay(text) !== undefined, { message: 'is no date: write it as YYYY-MM-DD' });
const returns = z.record(z.string(), rate).readonly();

export const stress = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      indexReturnFrac: rate,
      from: day.optional(),
      to: day.optional(),
      sectorReturnFracs: returns.optional(),
      symbolReturnFracs: returns.optional(),
      source: z.string(),
    }),
  )
  .min(1)
  .readonly();
