/**
 * Called by `ballast alerts test`: sends a message that says that it is a test, with the channels, the secret and the rendering of every
 * other alert, past quiet hours and de-duplication, and answers what each channel said.
 * Refuses nothing: a channel that is off, or does not take it, is part of the answer.
 * Idempotent: no. Called twice it sends twice, which is what a test is for; nothing is kept of it.
 */
import * as z from 'zod';
import { env } from '../../shared/contracts/names/index.ts';
import { alertOf } from '../../shared/domain/alerts/alert.ts';
import { alertChannels as channelNames, severities } from '../../shared/domain/policy/alert-rules.ts';
import { triedOut } from '../../shared/runtime/alerts/channel-trial.ts';
import { rulesInForce } from '../../shared/runtime/alerts/rules-in-force.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { alertChannels, policies, value } from '../../shared/runtime/needs.ts';

const tryChannels = defineHandler({
  name: 'alerts/try-channels',
  needs: { alertChannels, policies, stage: value(env.stage) },
  input: z.object({ severity: z.enum(severities), channel: z.enum(channelNames).nullable(), actor: z.string().min(1).max(100) }),
  output: z.object({ channels: z.record(z.string(), z.string()) }),

  async run({ severity, channel, actor }, needs) {
    const now = needs.clock.now();
    const at = new Date(now).toISOString();
    const alert = alertOf({
      kind: 'test',
      subject: 'test',
      occurrence: at,
      severity,
      category: 'SYSTEM',
      title: 'This is a test of the alert channels',
      lines: ['Nothing happened. Whoever reads this hears of the fund when something does.'],
      facts: { 'asked for by': actor },
      at,
    });
    const [rules, channels] = await Promise.all([rulesInForce(needs.policies, needs.log), needs.alertChannels()]);
    return { channels: await triedOut({ alert, channel, rules, channels, stage: needs.stage, at: now, log: needs.log }) };
  },
});

export const handler = onAws(tryChannels);
