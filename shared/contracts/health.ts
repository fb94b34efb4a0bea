/** What the meta strategy controller and people know of the parts that trading rests on. */
import * as z from 'zod';
import { healthParts, healthStatuses } from '../domain/steering/health-parts.ts';

export const HealthPart = z.enum(healthParts);
export type HealthPart = z.infer<typeof HealthPart>;

export const HealthStatus = z.enum(healthStatuses);
export type HealthStatus = z.infer<typeof HealthStatus>;
