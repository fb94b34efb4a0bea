/**
 * Called by the bus for each HealthStatusChanged, at any hour: where the part is down, the risk mode is DEFENSIVE without waiting for the
 * controller's next look. It never loosens; that is for looks at everything.
 * Refuses nothing. A fund without a policy in force has no mode to tighten, and the event is done with.
 * Idempotent: the part's health is read as it now is, so events that come twice, late or in another order come to the same.
 */
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { defineConsumer } from '../../shared/runtime/event-consumer.ts';
import { onAws } from '../../shared/runtime/handler.ts';
import { health, policies, steering } from '../../shared/runtime/needs.ts';
import { lookAtHealth } from '../../shared/runtime/steer.ts';

const tightenAtOnce = defineConsumer({
  name: 'steering/tighten-at-once',
  needs: { health, policies, steering },
  hears: ['HealthStatusChanged'],

  async run({ detail: { eventId, part, status } }, { clock, log, ...parts }) {
    if (status === 'healthy') return;
    const looked = await lookAtHealth(parts, { id: eventId, at: clock.now(), part });
    if (isRefusal(looked)) log.warn('not-steered', { reason: looked.reason, part });
    else if (looked.steered.decision.kind === 'change')
      log.warn('policy-steered', { ...looked.steered.decision, part, version: looked.version });
  },
});

export const handler = onAws(tightenAtOnce);
