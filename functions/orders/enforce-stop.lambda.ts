/**
 * Reads the policy table's stream, items of control only: whoever stops trading, by console, command, event or program, is heard here.
 * Every change is told to people, once; for HALTED the machine "stop" is started, which ends what still works and, where the item asks
 * for it, sells. A deleted or garbled item of the fund is a stop; a sort key that stops nothing is told as such.
 * Idempotent: event and execution are named by the id of the change, so a batch delivered again tells the same and starts nothing.
 */
import * as z from 'zod';
import { controlPartition, scopeOfControlItem } from '../../shared/contracts/control.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { events, machine } from '../../shared/runtime/needs.ts';
import { announcementOf, stopIdOf } from '../../shared/runtime/stop-announcement.ts';
import { fromStreamImage } from '../../shared/stores/table.ts';

const Key = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const Image = z.record(z.string(), z.record(z.string(), z.unknown()));
const StreamEvent = z.object({
  Records: z.array(
    z.object({
      eventID: z.string().min(1),
      dynamodb: z.object({ ApproximateCreationDateTime: z.number(), Keys: Key, NewImage: Image.optional() }),
    }),
  ),
});

const enforceStop = defineHandler({
  name: 'orders/enforce-stop',
  needs: { events, machine },
  input: StreamEvent,
  output: z.object({ changes: z.number().int(), sweeps: z.number().int() }),

  async run({ Records }, needs) {
    const changes = Records.filter(({ dynamodb }) => dynamodb.Keys.pk.S === controlPartition);
    let sweeps = 0;
    for (const { eventID, dynamodb } of changes) {
      const sortKey = dynamodb.Keys.sk.S;
      const change = {
        ...{ eventId: eventID, sortKey, scope: scopeOfControlItem(sortKey) },
        at: new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString(),
        item: dynamodb.NewImage && fromStreamImage(dynamodb.NewImage),
      };
      const { event, halts } = announcementOf(change);
      // Sweep first: that it is told is worth less than that it stops.
      if (halts && change.scope) {
        const { epoch, flatten } = halts;
        await needs.machine.start(stopIdOf(change.scope, eventID), { scope: change.scope, epoch, flatten });
        sweeps++;
      }
      await needs.events.publish([event]);
    }
    return { changes: changes.length, sweeps };
  },
});

export const handler = onAws(enforceStop);
