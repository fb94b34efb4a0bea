/**
 * Called by the bus for each event that people hear of: makes the alert of it, and tells the channels that the policy names for its
 * severity, unless the same was told within the last minutes. An event that says that something is put right ends the reminders of it.
 * Refuses nothing: an event that nobody need hear of is dealt with by leaving it.
 * Idempotent: an alert's id follows from its event, and a channel that took it is not told again. An alert that no channel took is an
 * error; it is tried again, and ends with the dead letters.
 */
import { alertedTypes, alertOfEvent, matterEndedBy } from '../../shared/runtime/alerts/alert-of-event.ts';
import { deskNeeds, deskOf } from '../../shared/runtime/alerts/desk-needs.ts';
import { defineConsumer } from '../../shared/runtime/event-consumer.ts';
import { onAws } from '../../shared/runtime/handler.ts';

const sendAlert = defineConsumer({
  name: 'alerts/send-alert',
  needs: deskNeeds,
  hears: alertedTypes,

  async run(event, needs) {
    const desk = deskOf(needs);
    const ended = matterEndedBy(event);
    if (ended !== null) {
      const acknowledged = await desk.end(ended, event.type);
      if (acknowledged.length > 0) needs.log.info('alerts-ended', { ...ended, acknowledged });
    }
    const alert = alertOfEvent(event);
    if (alert === null) return;
    needs.log.info('alert', { type: event.type, ...(await desk.raise(alert)) });
  },
});

export const handler = onAws(sendAlert);
