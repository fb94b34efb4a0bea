/** The parts that trading rests on, and how each may be. */
export const healthParts = ['data', 'broker', 'audit', 'cycle'] as const;
export type HealthPart = (typeof healthParts)[number];

export const healthStatuses = ['healthy', 'degraded', 'down'] as const;
export type HealthStatus = (typeof healthStatuses)[number];
