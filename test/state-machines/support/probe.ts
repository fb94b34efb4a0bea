/** A piece of what the fund does, and how it is done with every permission or without some. */
import { bootFund, named, type TestFund } from '../../support/boot-fund.ts';
import { fire } from '../../support/starter.ts';

export interface Probe {
  readonly what: string;
  /** Whether the lake holds the simulated market before. */
  readonly data: boolean;
  /** What goes wrong in it on purpose. */
  readonly expectedTrouble?: RegExp;
  /** Whether all went as it should. */
  run(fund: TestFund): Promise<boolean>;
}

export interface ProbeEnd {
  readonly wentWell: boolean;
  /** Everything that was told, and what the boot was refused with. */
  readonly said: string;
}

/** Boots a fund without these statements and has it do the probe. */
export async function play(probe: Probe, withoutStatements: readonly string[] = []): Promise<ProbeEnd> {
  try {
    await using fund = await bootFund({ data: probe.data, cloud: { withoutStatements } });
    const asItShould = await probe.run(fund);
    // What is still under way may yet fail.
    await fund.fund.cloud.settle();
    const trouble = fund.events.filter(({ event }) => troubles.has(event)).map((event) => JSON.stringify(event));
    const wentWell = asItShould && trouble.every((told) => probe.expectedTrouble?.test(told) ?? false);
    return { wentWell, said: JSON.stringify(fund.events) };
  } catch (error) {
    return { wentWell: false, said: (error as Error).message };
  }
}

const troubles = new Set([
  'InvokeFailed',
  'StateFailed',
  'BackgroundFailed',
  'LogsRefused',
  'TracesRefused',
  'DeadLetterFailed',
  'DestinationFailed',
  'FirehoseDeliveryFailed',
]);

/** A schedule that cannot be delivered goes to the dead letters; what else waits there meanwhile is no matter of its role. */
export const undeliverable = (schedule: string): Probe => ({
  what: `the schedule ${schedule} when its function takes no call`,
  data: false,
  async run(fund) {
    fund.failing({ service: 'lambda', operation: 'Invoke', caller: 'scheduler', fault: 'throttle' });
    await fire(fund, schedule, fund.fund.clock.now());
    return fund.told('DeadLettered').filter(({ details }) => details.schedule === named(schedule)).length === 1;
  },
});
