/** `ballast orders` and `ballast positions`: what the ledger says. */
import type { CycleId } from '../../../shared/kernel/units.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { ordersTable } from '../render/orders.ts';
import { formatUsd, renderTable } from '../render/table.ts';

export async function showOrders(options: StoresArguments & { cycle?: string; json?: boolean }, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async (fund) => {
    const cycles = await fund.audit.cycles();
    const cycleId = (options.cycle ?? cycles.at(-1)) as CycleId | undefined;
    const orders = cycleId ? await fund.ledger.ordersOfCycle(cycleId) : [];
    // A cycle that was interrupted has orders and no audit record yet.
    if (options.cycle && orders.length === 0 && !cycles.includes(options.cycle as CycleId))
      throw new BadInput(`There is no cycle ${options.cycle}. The last one is ${cycles.at(-1) ?? 'none'}.`);
    if (options.json) host.io.out(JSON.stringify({ cycleId: cycleId ?? null, orders }));
    else if (orders.length === 0) host.io.out(cycleId ? `Cycle ${cycleId} sent no orders.` : 'No cycle has run yet.');
    else host.io.out(ordersTable(orders, host.io));
    return exitCodes.done;
  });
}

export async function showPositions(options: StoresArguments & { json?: boolean }, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async (fund) => {
    const held = (await fund.ledger.positions()).filter(({ quantity }) => quantity !== 0);
    if (options.json) host.io.out(JSON.stringify({ positions: held }));
    else if (held.length === 0) host.io.out('Nothing is held.');
    else
      host.io.out(
        renderTable(
          [
            { title: 'symbol', text: ({ symbol }) => symbol },
            { title: 'quantity', align: 'right', text: ({ quantity }) => quantity.toFixed(4) },
            { title: 'average cost', align: 'right', text: ({ averageCost }) => averageCost?.toFixed(4) ?? '' },
            { title: 'cost', align: 'right', text: ({ costUsd }) => formatUsd(costUsd) },
            { title: 'realised', align: 'right', text: ({ realisedUsd }) => formatUsd(realisedUsd) },
          ],
          held,
          host.io.colors.dim,
        ),
      );
    return exitCodes.done;
  });
}
