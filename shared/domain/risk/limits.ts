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
export function breachesOf(measures: LimitedMeasures, limits: RiskLimits): Breach[] {
  const breaches: Breach[] = [];
  const check = (limit: LimitName, value: number | null, limitValue: number, action: LimitAction, subject: string | null = null): void => {
    if (value !== null && value > limitValue) breaches.push({ limit, value, limitValue, action, subject });
  };
  check('gross-leverage', measures.grossFrac, limits.grossFracMax, 'SCALE');
  check('drawdown', measures.drawdownFrac, limits.drawdownFracMax, 'REJECT');
  check('var', measures.varFrac, limits.varFracMax, 'SCALE');
  check('cvar', measures.cvarFrac, limits.cvarFracMax, 'SCALE');
  for (const { name, lossFrac } of measures.stress) check('stress-loss', lossFrac, limits.stressLossFracMax, 'REJECT', name);
  for (const { sector, grossFrac } of measures.sectors) check('sector-exposure', grossFrac, limits.sectorFracMax, 'SCALE', sector);
  check('average-correlation', measures.averageCorrelation, limits.averageCorrelationMax, 'SCALE');
  return breaches;
}

/** The smallest factor that a scaling breach asks for; 1 when none does. */
export const scaleFor = (breaches: readonly Breach[]): number =>
  breaches.reduce((scale, { action, value, limitValue }) => (action === 'SCALE' ? Math.min(scale, limitValue / value) : scale), 1);
