/**
 * Called by SNS for each CloudWatch alarm on the alert topic, when it is raised and when it ends: brings it to the chat channels. Mail has
 * it from the topic already.
 * Refuses a message that is no alarm; the subscription's filter lets none through.
 * Idempotent: the alert's id follows from the alarm and the time at which its state changed.
 */
import * as z from 'zod';
import { refuse } from '../../shared/kernel/refusal.ts';
import { alarmNoticeOf } from '../../shared/runtime/alerts/alarm-notice.ts';
import { deskNeeds, deskOf } from '../../shared/runtime/alerts/desk-needs.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';

const relayAlarm = defineHandler({
  name: 'alerts/relay-alarm',
  needs: deskNeeds,
  // SNS hands a function one message at a time.
  input: z.object({ Records: z.tuple([z.object({ Sns: z.object({ Message: z.string() }) })]) }),
  output: z.object({ relayed: z.boolean() }),

  async run({ Records: [record] }, needs) {
    const notice = alarmNoticeOf(record.Sns.Message);
    if (notice === null) return refuse('no-alarm');
    const desk = deskOf(needs);
    if (notice.ended !== null) await desk.end(notice.ended, 'the alarm is over');
    if (notice.alert === null) return { relayed: false };
    needs.log.info('alarm', { ...(await desk.raise(notice.alert)) });
    return { relayed: true };
  },
});

export const handler = onAws(relayAlarm);
