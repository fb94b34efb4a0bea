/** What a handler that tells people asks for, and the desk that is made of it. */
import { env } from '../../contracts/names/index.ts';
import type { Met } from '../handler.ts';
import { alertChannels, alerts, policies, value } from '../needs.ts';
import { AlertDesk } from './alert-desk.ts';

export const deskNeeds = { alerts, alertChannels, policies, stage: /* @__PURE__ */ value(env.stage) } as const;

export const deskOf = ({ alerts, alertChannels, policies, stage, clock, log }: Met<typeof deskNeeds>): AlertDesk =>
  new AlertDesk({ alerts, alertChannels, policies, stage, clock, log });
