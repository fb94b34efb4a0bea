/** `ballast symbols`: the governance of every symbol at the last preflight. */
import { explainReason, type GovernanceReason } from '../../../shared/domain/quality/governance.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { renderTable } from '../render/table.ts';

export async function showSymbols(options: StoresArguments & { blocked?: boolean; json?: boolean }, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async (fund) => {
    const all = [...(await fund.symbols.all()).values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    const blocked = all.filter(({ state }) => state !== 'ACTIVE');
    const symbols = options.blocked ? blocked : all;
    if (options.json) {
      host.io.out(JSON.stringify({ symbols }));
      return exitCodes.done;
    }
    if (symbols.length > 0)
      host.io.out(
        renderTable(
          [
            { title: 'symbol', text: ({ symbol }) => symbol },
            {
              title: 'state',
              text: ({ state }) => state,
              dress: (cell, { state }) => (state === 'ACTIVE' ? cell : host.io.colors.yellow(cell)),
            },
            { title: 'rows', align: 'right', text: ({ rows }) => String(rows) },
            { title: 'score', align: 'right', text: ({ score }) => score.toFixed(3) },
            { title: 'since', text: ({ since }) => since.slice(0, 10) },
            { title: 'why', text: ({ reasons }) => reasons.map((reason) => explainReason(reason as GovernanceReason)).join(' ') },
          ],
          symbols,
          host.io.colors.dim,
        ),
      );
    host.io.out(
      all.length === 0
        ? 'No symbol has been judged yet: run a cycle first.'
        : `${all.length - blocked.length} active, ${blocked.length} blocked`,
    );
    return exitCodes.done;
  });
}
