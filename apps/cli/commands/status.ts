/** `ballast status`: may it trade, under which policy, what did it do last, what has it got. */
import { scopeText } from '../../../shared/contracts/control.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { healthOf, healthText, modeOf, modeText } from '../render/health.ts';
import { explainRefusal } from '../render/refusals.ts';
import { formatUsd } from '../render/table.ts';

export async function showStatus(options: StoresArguments & { json?: boolean }, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async (fund) => {
    const [control, stops, policy, cycles, account, positions, head, symbols, risk, health, steering] = await Promise.all([
      fund.control.read(),
      fund.control.stops(),
      fund.policies.inForce(),
      fund.audit.cycles(),
      fund.ledger.account(),
      fund.ledger.positions(),
      fund.audit.head(),
      fund.symbols.all(),
      fund.riskState.read(),
      fund.health.all(),
      fund.steering.read(),
    ]);
    const held = positions.filter(({ quantity }) => quantity !== 0);
    const blocked = [...symbols.values()].filter(({ state }) => state !== 'ACTIVE').length;
    const document = {
      control: isRefusal(control) ? { state: 'NOT_RUNNING', reason: control.reason } : control,
      stops,
      policy: isRefusal(policy) ? null : { version: policy.version, sha256: policy.sha256 },
      lastCycle: cycles.at(-1) ?? null,
      cycles: cycles.length,
      cash: isRefusal(account) ? null : account.cashUsd,
      positions: held.length,
      symbols: { active: symbols.size - blocked, blocked },
      risk: risk.memory?.state ?? null,
      mode: isRefusal(policy) ? null : modeOf(policy.policy.steering.mode, steering),
      health: healthOf(health),
      audit: { records: head === null ? 0 : head.sequence + 1, head: head?.hash ?? null },
    };
    if (options.json) {
      host.io.out(JSON.stringify(document));
      return exitCodes.done;
    }
    const { colors, out } = host.io;
    const line = (label: string, text: string): void => out(`${colors.dim(label.padEnd(10))} ${text}`);
    if (isRefusal(control)) line('control', colors.red(explainRefusal(control)));
    else
      line(
        'control',
        `${control.state === 'RUNNING' ? colors.green(control.state) : colors.yellow(control.state)}: ${control.reason} (${control.actor === 'setup' ? '' : `${control.at.slice(0, 16).replace('T', ' ')} UTC, `}${control.actor})`,
      );
    for (const { scope, state, reason, actor } of stops) line('stop', `${scopeText(scope)} ${colors.yellow(state)}: ${reason} (${actor})`);
    line(
      'policy',
      isRefusal(policy) ? colors.red(explainRefusal(policy)) : `version ${policy.version}, sha256 ${policy.sha256.slice(0, 16)}…`,
    );
    if (!isRefusal(policy)) line('mode', modeText(modeOf(policy.policy.steering.mode, steering), colors));
    line('health', healthText(healthOf(health), colors));
    line('cycles', cycles.length === 0 ? 'none yet' : `${cycles.length}, last ${cycles.at(-1)}`);
    line('book', isRefusal(account) ? 'no account' : `cash ${formatUsd(account.cashUsd)}, ${held.length} positions`);
    line('symbols', `${symbols.size - blocked} active, ${blocked} blocked`);
    line('risk', risk.memory ? `breaker tier ${risk.memory.state.tier}, recovery ${risk.memory.state.recovery.kind}` : 'not assessed yet');
    line('audit', head === null ? 'empty' : `${head.sequence + 1} records, head ${head.hash.slice(0, 16)}…`);
    return exitCodes.done;
  });
}
