/**
 * Called by the policy table's stream with every change of a policy, a proposal or a control item, whoever made it: store, controller,
 * program, console. Leaves a record of each in the audit trail, garbled and deleted items included, and puts PolicyUpdated and
 * PolicyProposed on the bus; that trading was stopped or resumed is told by enforce-stop.
 * Refuses nothing: what makes no sense is recorded as a finding.
 * Idempotent: trails and events are named by the change, so a batch delivered again adds nothing and tells the same.
 */
import * as z from 'zod';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { auditTrail, events, policies } from '../../shared/runtime/needs.ts';
import { accountOf } from '../../shared/runtime/policy-changes.ts';
import { fromStreamImage } from '../../shared/stores/table.ts';

const Key = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const Image = z.record(z.string(), z.record(z.string(), z.unknown()));
const StreamEvent = z.object({
  Records: z.array(
    z.object({
      eventID: z.string().min(1),
      eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
      dynamodb: z.object({ ApproximateCreationDateTime: z.number(), Keys: Key, NewImage: Image.optional() }),
    }),
  ),
});

const publishChanges = defineHandler({
  name: 'policy/publish-changes',
  needs: { policies, auditTrail, events },
  input: StreamEvent,
  output: z.object({ recorded: z.number().int(), told: z.number().int() }),

  async run({ Records }, needs) {
    let [recorded, told] = [0, 0];
    for (const { eventID, eventName, dynamodb } of Records) {
      const change = {
        ...{ eventId: eventID, kind: eventName, pk: dynamodb.Keys.pk.S, sk: dynamodb.Keys.sk.S },
        at: new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString(),
        item: dynamodb.NewImage && fromStreamImage(dynamodb.NewImage),
      };
      const account = await accountOf(change, (version) => needs.policies.itemOf(version));
      if (account === null) continue;
      await needs.auditTrail.append(account.trailId, 'change', [account.entry]);
      recorded++;
      if (account.event === undefined) continue;
      await needs.events.publish([account.event]);
      told++;
    }
    return { recorded, told };
  },
});

export const handler = onAws(publishChanges);
