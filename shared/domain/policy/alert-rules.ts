/** Who is told of what, when, and how often. */
export const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof severities)[number];

export const alertChannels = ['sns', 'telegram', 'slack', 'discord'] as const;
export type AlertChannel = (typeof alertChannels)[number];

export interface AlertRules {
  readonly channels: Readonly<Record<Severity, readonly AlertChannel[]>>;
  /** The same fingerprint within this time is counted, not sent. */
  readonly repeatMinutesMin: number;
  /** A CRITICAL alert that nobody acknowledged is sent again to every channel after this time, so many times. */
  readonly escalateAfterMinutes: number;
  readonly escalationsMax: number;
  /** New York wall-clock times; alerts below HIGH wait until they end, CRITICAL never waits. Null: none. */
  readonly quietHours: { readonly from: string; readonly to: string } | null;
}

export const defaultAlertRules: AlertRules = {
  channels: {
    LOW: ['slack', 'discord'],
    MEDIUM: ['slack', 'discord', 'telegram'],
    HIGH: ['sns', 'slack', 'discord', 'telegram'],
    CRITICAL: ['sns', 'slack', 'discord', 'telegram'],
  },
  repeatMinutesMin: 10,
  escalateAfterMinutes: 15,
  escalationsMax: 3,
  quietHours: { from: '22:00', to: '06:00' },
};
