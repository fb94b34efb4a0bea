/** What the meta strategy controller and people know of the parts that trading rests on. */
import * as z from 'zod';

export const HealthPart = z.enum(['data', 'broker', 'audit', 'cycle']);
export type HealthPart = z.infer<typeof HealthPart>;

export const HealthStatus = z.enum(['healthy', 'degraded', 'down']);
export type HealthStatus = z.infer<typeof HealthStatus>;
