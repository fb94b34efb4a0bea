/**
 * Called by EventBridge Scheduler every five minutes while the exchange is open: one look of the meta strategy controller. What it decides
 * is a new version of the policy, and PolicyUpdated comes from there. In the half hour before the open it reads the market ahead.
 * Refuses outside the session, and a fund without a policy in force. Evidence that is missing is no refusal: it means DEFENSIVE.
 * Idempotent: the look is named by its schedule time, and the controller takes each once.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { riskModes } from '../../shared/domain/policy/steering-rules.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { health, lake, policies, riskState, steering } from '../../shared/runtime/needs.ts';
import { look, readAhead } from '../../shared/runtime/steer.ts';

const steerFund = defineHandler({
  name: 'steering/steer-fund',
  needs: { health, lake, policies, riskState, steering },
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({
    mode: z.enum(riskModes),
    changed: z.boolean(),
    reasons: z.array(z.string()),
    policyVersion: z.number().int(),
  }),

  async run({ scheduledAt }, { clock, log, ...parts }) {
    const market = sessionState(instantOf(scheduledAt));
    if (market.kind === 'closed' && market.why === 'before-open') {
      const ahead = await readAhead(parts, market.next);
      return isRefusal(ahead) ? ahead : refuse('market-closed', { scheduledAt, why: market.why, marketReadable: ahead.readable });
    }
    if (market.kind === 'closed') return refuse('market-closed', { scheduledAt, why: market.why });
    const looked = await look(parts, { id: `tick/${scheduledAt}`, at: clock.now(), session: market.session });
    if (isRefusal(looked)) return looked;
    const { steered, version } = looked;
    const { state, decision, reasons } = steered;
    if (decision.kind === 'change') log.warn('policy-steered', { ...decision, reasons, version });
    return { mode: state.mode, changed: decision.kind === 'change', reasons: [...reasons], policyVersion: version };
  },
});

export const handler = onAws(steerFund);
