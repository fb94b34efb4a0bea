/**
 * Quality profiles as they lie in the lake. They are written by our own code from a typed value and
 * read back under the same type; what is checked here is that the object is a list of profiles at all.
 */
import * as z from 'zod';
import type { QualityProfile } from '../../domain/quality/profile.ts';

const StoredProfile = z.custom<QualityProfile>(
  (value) => typeof value === 'object' && value !== null && 'symbol' in value && 'rows' in value && typeof value.symbol === 'string',
  'a quality profile is needed',
);

export const StoredProfiles = z.array(StoredProfile);
