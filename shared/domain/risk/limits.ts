/**
 * The table of limits: each measure, its limit, and what a breach of it does. A limit is breached strictly above its value.
 * A breach that scales says by how much: limit over value.
 */
import type { RiskLimits } from '../policy/policy.ts';

export type LimitName = 'gross-leverage' | 'drawdown' | 'var' | 'cvar' | 'stress-loss' | 'sector-exposure' | 'average-correlation';
export type LimitAction = 'SCALE' | 'REJECT';

export interface Breach {
  readonly limit: LimitName;
  readonly value: number;
  readonly limitValue: number;
  readonly action: LimitAction;
  /** Which sector or scenario; null where the limit has only one subject. */
  readonly subject: string | null;
}

export interface LimitedMeasures {
  readonly grossFrac: number;
  readonly drawdownFrac: number;
  readonly varFrac: number;
  readonly cvarFrac: number;
  readonly stress: ReadonlyArray<{ readonly name: string; readonly lossFrac: number }>;
  readonly sectors: ReadonlyArray<{ readonly sector: string; readonly grossFrac: number }>;
  /** Null when too few names are held. */
  readonly averageCorrelation: number | null;
}

/** Breaches in the order of the table. */
export const breachesOf = (measures: LimitedMeasures, limits: RiskLimits): Breach[] =>
  comparisons(measures, limits).filter(({ value, limitValue }) => value > limitValue);

/** The first measure or limit that is no finite number: compared with anything, it would seem to hold. */
export function firstUnmeasured(measures: LimitedMeasures, limits: RiskLimits): { limit: LimitName; subject: string | null } | undefined {
  const found = comparisons(measures, limits).find(({ value, limitValue }) => !Number.isFinite(value) || !Number.isFinite(limitValue));
  return found && { limit: found.limit, subject: found.subject };
}

function comparisons(measures: LimitedMeasures, limits: RiskLimits): Breach[] {
  const { averageCorrelation } = measures;
  const one = (limit: LimitName, action: LimitAction, value: number, limitValue: number, subject: string | null = null): Breach => ({
    limit,
    value,
    limitValue,
    action,
    subject,
  });
  return [
    one('gross-leverage', 'SCALE', measures.grossFrac, limits.grossFracMax),
    one('drawdown', 'REJECT', measures.drawdownFrac, limits.drawdownFracMax),
    one('var', 'SCALE', measures.varFrac, limits.varFracMax),
    one('cvar', 'SCALE', measures.cvarFrac, limits.cvarFracMax),
    ...measures.stress.map(({ name, lossFrac }) => one('stress-loss', 'REJECT', lossFrac, limits.stressLossFracMax, name)),
    ...measures.sectors.map(({ sector, grossFrac }) => one('sector-exposure', 'SCALE', grossFrac, limits.sectorFracMax, sector)),
    ...(averageCorrelation === null ? [] : [one('average-correlation', 'SCALE', averageCorrelation, limits.averageCorrelationMax)]),
  ];
}

/** The smallest factor that a scaling breach asks for; 1 when none does. */
export const scaleFor = (breaches: readonly Breach[]): number =>
  breaches.reduce((scale, { action, value, limitValue }) => (action === 'SCALE' ? Math.min(scale, limitValue / value) : scale), 1);
