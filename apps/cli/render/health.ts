/** The risk mode and the health of the parts, as `ballast status` shows them: what, since when, why. */

import type { RiskMode } from '../../../shared/domain/policy/steering-rules.ts';
import { type HealthPart, type HealthStatus, healthParts } from '../../../shared/domain/steering/health-parts.ts';
import type { HealthRecord } from '../../../shared/stores/health.ts';
import type { SteeringRecord } from '../../../shared/stores/steering-state.ts';
import type { Io } from '../io.ts';

export interface ModeShown {
  readonly mode: RiskMode;
  /** Null where the controller has not looked yet, or not since somebody set the mode. */
  readonly since: string | null;
  readonly reasons: readonly string[];
}

export interface HealthShown {
  readonly part: HealthPart;
  readonly status: HealthStatus | 'not-checked';
  readonly since: string | null;
  readonly reasons: readonly string[];
}

export function modeOf(mode: RiskMode, { state }: SteeringRecord): ModeShown {
  if (state === null || state.mode !== mode) return { mode, since: null, reasons: [] };
  return { mode, since: new Date(state.changedAt).toISOString(), reasons: state.reasons };
}

export const healthOf = (records: Readonly<Record<HealthPart, HealthRecord>>): HealthShown[] =>
  healthParts.map((part) => {
    const state = records[part].document?.state;
    if (state === undefined) return { part, status: 'not-checked', since: null, reasons: [] };
    return { part, status: state.status, since: new Date(state.since).toISOString(), reasons: state.reasons };
  });

export function modeText({ mode, since, reasons }: ModeShown, colors: Io['colors']): string {
  const shown = mode === 'DEFENSIVE' ? colors.yellow(mode) : colors.green(mode);
  const from = since === null ? 'as the policy has it; the controller has not looked since' : `since ${minuteOf(since)}`;
  return `${shown} ${from}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`;
}

export function healthText(parts: readonly HealthShown[], colors: Io['colors']): string {
  const colored = { healthy: colors.green, degraded: colors.yellow, down: colors.red, 'not-checked': colors.dim };
  return parts
    .map(({ part, status, since, reasons }) => {
      const why = status === 'healthy' || since === null ? '' : ` since ${minuteOf(since)} (${reasons.join('; ')})`;
      return `${part} ${colored[status](status)}${why}`;
    })
    .join(', ');
}

const minuteOf = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;
