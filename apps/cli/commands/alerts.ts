/**
 * `ballast alerts`: the list, `ack`, `test` and `preview`. A test message is sent by the function that may read the channels' secret, in the
 * account or in the local cloud, so that what it says of a channel holds for the next alert too.
 */
import { userInfo } from 'node:os';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { physicalName, type StageName } from '../../../shared/contracts/names/index.ts';
import { type AlertChannel, alertChannels, type Severity, severities } from '../../../shared/domain/policy/alert-rules.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { AlertRecord } from '../../../shared/stores/alerts.ts';
import { operator } from '../../local-cloud/cloud.ts';
import { sampleMessage } from '../alert-samples.ts';
import type { CommandHost } from '../command-host.ts';
import { onDeployed, type StoresArguments, withStores } from '../deployed-fund.ts';
import { Fund } from '../fund.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { alertsText, previewText, standingOf, trialText, wireBody } from '../render/alerts.ts';

export interface ListOptions extends StoresArguments {
  readonly open?: boolean;
  readonly json?: boolean;
}

export interface TryOptions extends StoresArguments {
  readonly severity: Severity;
  readonly channel?: AlertChannel;
  readonly json?: boolean;
}

export interface PreviewOptions {
  readonly severity?: Severity;
  readonly channel?: AlertChannel;
  readonly json?: boolean;
}

export function listAlerts(options: ListOptions, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async ({ alerts }) => {
    const all = (await Promise.all(severities.map((severity) => alerts.ofSeverity(severity)))).flat();
    const shown = all.filter((record) => !options.open || waits(record)).sort((a, b) => (a.alert.at < b.alert.at ? -1 : 1));
    host.io.out(options.json ? JSON.stringify({ alerts: shown }) : alertsText(shown, host.io));
    return exitCodes.done;
  });
}

const waits = (record: AlertRecord): boolean => ['open', 'given up', 'waits'].includes(standingOf(record));

export function acknowledgeAlert(options: ListOptions & { readonly alertId: string }, host: CommandHost): Promise<ExitCode> {
  const { alertId } = options;
  return withStores(options, host, async (stores) => {
    const at = stores instanceof Fund ? stores.clock.now() : (Date.now() as EpochMs);
    const outcome = await stores.alerts.acknowledge(alertId, `operator/${userInfo().username}`, at);
    if (isRefusal(outcome)) throw refused(outcome.reason, alertId, outcome.details);
    host.io.out(options.json ? JSON.stringify(outcome) : `Acknowledged: ${outcome.alert.title}. There will be no more reminders of it.`);
    return exitCodes.done;
  });
}

function refused(reason: string, alertId: string, { by, severity }: Readonly<Record<string, unknown>>): Error {
  if (reason === 'already-acknowledged')
    return new CommandFailed(exitCodes.refused, `${alertId} was acknowledged before, by ${String(by)}.`);
  if (reason === 'nothing-to-acknowledge')
    return new CommandFailed(
      exitCodes.refused,
      `${alertId} is ${String(severity)}: only CRITICAL alerts are repeated until somebody acknowledges them.`,
    );
  return new BadInput(`There is no alert ${alertId}. "ballast alerts --open" lists those that wait for somebody.`);
}

export async function tryAlertChannels(options: TryOptions, host: CommandHost): Promise<ExitCode> {
  const { aws } = options;
  const answer =
    aws === undefined
      ? await host.withFund(options, (fund) => askedToTry(new LambdaClient(fund.cloud.clientConfig(operator)), fund.stage, options))
      : await onDeployed(aws, () => askedToTry(new LambdaClient({}), aws, options));
  host.io.out(options.json ? JSON.stringify(answer) : trialText(answer.channels, host.io));
  return Object.values(answer.channels).includes('delivered') ? exitCodes.done : exitCodes.failed;
}

const Trial = z.object({ channels: z.record(z.string(), z.string()) });

async function askedToTry(lambda: LambdaClient, stage: StageName, { severity, channel }: TryOptions): Promise<z.infer<typeof Trial>> {
  const request = { severity, channel: channel ?? null, actor: `operator/${userInfo().username}` };
  const command = new InvokeCommand({
    FunctionName: physicalName(stage, 'alerts-try-channels'),
    Payload: Buffer.from(JSON.stringify(request)),
  });
  const { Payload } = await lambda.send(command);
  const reply: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || '{}');
  const parsed = Trial.safeParse(reply);
  if (parsed.success) return parsed.data;
  const { errorType = 'Error', errorMessage = 'it gave no answer' } = reply as { errorType?: string; errorMessage?: string };
  throw new CommandFailed(exitCodes.failed, `The function alerts/try-channels failed: ${errorType}: ${errorMessage}`);
}

export async function previewAlerts(options: PreviewOptions, { io }: CommandHost): Promise<ExitCode> {
  const shown = severities
    .filter((severity) => options.severity === undefined || severity === options.severity)
    .flatMap((severity) => alertChannels.map((channel) => ({ severity, channel })))
    .filter(({ channel }) => options.channel === undefined || channel === options.channel);
  if (options.json) io.out(JSON.stringify(shown.map((one) => ({ ...one, body: wireBody(one.channel, sampleMessage(one.severity)) }))));
  else for (const { severity, channel } of shown) io.out(previewText(channel, sampleMessage(severity), io));
  return exitCodes.done;
}
