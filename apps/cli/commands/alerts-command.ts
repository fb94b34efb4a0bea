/** `ballast alerts` and its subcommands as the command line knows them. */
import { type Command, Option } from 'commander';
import { alertChannels, severities } from '../../../shared/domain/policy/alert-rules.ts';
import { type Runners, reading, withParent } from '../command-parts.ts';
import { acknowledgeAlert, type ListOptions, listAlerts, type PreviewOptions, previewAlerts, tryAlertChannels } from './alerts.ts';

export function addAlertsCommand(program: Command, { run, onFund }: Runners): void {
  const alerts = reading(program.command('alerts').helpCommand(false))
    .description('what people were told, by whom it was heard, and what nobody has acknowledged')
    .option('--open', 'only what waits: for an acknowledgement, or for the end of the quiet hours')
    .action(onFund(listAlerts));
  reading(alerts.command('ack'))
    .description('somebody has seen a CRITICAL alert and sees to it: no more reminders of it')
    .argument('<id>', 'as the message and "ballast alerts" show it')
    .action((alertId: string, own: ListOptions, command: Command) =>
      withParent<ListOptions>((options) => onFund(acknowledgeAlert)({ ...options, alertId }))(own, command),
    );
  reading(alerts.command('test'))
    .description('send a message that says that it is a test, on the way of every other alert')
    .addOption(channelOption())
    .addOption(severityOption('as severe as').default('MEDIUM'))
    .action(withParent(onFund(tryAlertChannels)));
  alerts
    .command('preview')
    .description('how each severity looks on each channel; sends nothing')
    .addOption(channelOption())
    .addOption(severityOption('only'))
    .option('--json', 'the messages as they go over the wire')
    .action(withParent<PreviewOptions>(run(previewAlerts)));
}

const channelOption = (): Option => new Option('--channel <name>', 'only on that channel').choices(alertChannels);
const severityOption = (about: string): Option => new Option('--severity <name>', about).choices(severities);
