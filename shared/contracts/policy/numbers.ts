/** The kinds of number a policy is made of. */
import * as z from 'zod';

export const frac = z.number().min(0).max(1);
export const positive = z.number().positive();
export const notNegative = z.number().min(0);
export const count = z.number().int().positive();
/** A return or a rate: never worse than losing everything. */
export const rate = z.number().min(-1).max(1);
