/** A desk over the local DynamoDB, with channels that take or refuse as a test says, and a clock that the test moves. */
import type { AlertMessage } from '../../../shared/domain/alerts/message.ts';
import { type AlertChannel, type AlertRules, alertChannels, defaultAlertRules } from '../../../shared/domain/policy/alert-rules.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { InvariantViolation } from '../../../shared/kernel/errors.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import { withoutSecrets } from '../../../shared/kernel/secret-texts.ts';
import type { EpochMs, PolicyVersion, Sha256 } from '../../../shared/kernel/units.ts';
import type { AlertSender } from '../../../shared/providers/alert-channels/index.ts';
import { AlertDesk } from '../../../shared/runtime/alerts/alert-desk.ts';
import { AlertStore } from '../../../shared/stores/alerts.ts';
import { localTables } from '../stores/local-tables.ts';

/** What the channels' secret holds. */
export const webhook = 'https://chat.example/hook/1742-0042';

export interface Heard {
  readonly channel: AlertChannel;
  readonly message: AlertMessage;
}

export async function alertBench(rules: Partial<AlertRules> = {}) {
  const tables = await localTables('operations');
  const heard: Heard[] = [];
  const down = new Set<AlertChannel>();
  const off = new Set<AlertChannel>();
  const logged: string[] = [];
  const world = { at: Date.parse('2024-12-02T20:45:00Z') as EpochMs, policyIsBroken: false, slow: undefined as Promise<void> | undefined };
  const senderOf = (channel: AlertChannel): AlertSender => ({
    channel,
    async send(message) {
      await world.slow;
      if (down.has(channel)) return refuse('unreachable', { code: 'ECONNREFUSED' });
      heard.push({ channel, message });
      return { kind: 'delivered', attempts: 1 };
    },
  });
  const policy = { ...defaultPolicy, alerts: { ...defaultAlertRules, ...rules } };
  const alerts = new AlertStore(tables.table('operations'));
  const log = (message: string | { readonly message: string }): void => {
    logged.push(typeof message === 'string' ? message : message.message);
  };
  const desk = new AlertDesk({
    alerts,
    policies: {
      async inForce() {
        if (world.policyIsBroken) throw new InvariantViolation('the policy in force hashes to its golden SHA-256');
        return { version: 1 as PolicyVersion, sha256: 'x' as Sha256, policy };
      },
    },
    alertChannels: async () => ({
      status: Object.fromEntries(alertChannels.map((channel) => [channel, off.has(channel) ? 'not-configured' : 'on'])) as never,
      senders: new Map(alertChannels.filter((channel) => !off.has(channel)).map((channel) => [channel, senderOf(channel)])),
      withoutSecrets: (text) => withoutSecrets(text, [webhook]),
    }),
    stage: 'dev',
    clock: { now: () => world.at },
    log: { info: log, warn: log, error: log },
  });
  return {
    desk,
    alerts,
    tables,
    heard,
    down,
    off,
    logged,
    world,
    /** Channels that heard, in the order of the alphabet, and forgets them. */
    hearers: (): AlertChannel[] =>
      heard
        .splice(0)
        .map(({ channel }) => channel)
        .sort(),
    pass: (minutes: number): void => {
      world.at = (world.at + minutes * 60_000) as EpochMs;
    },
    [Symbol.dispose]: () => tables.close(),
  };
}
