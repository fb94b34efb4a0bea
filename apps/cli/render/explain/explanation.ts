/** One decision from its data to its fill, in ten sections on 100 columns. What the cycle did not reach says so. */

import { tryParseJson } from '../../../../shared/kernel/json.ts';
import type { Decision, Explanation } from '../../explanation.ts';
import type { Io } from '../../io.ts';
import { explainRefusal } from '../refusals.ts';
import { allocationLines } from './allocation.ts';
import { ensembleLines } from './ensemble.ts';
import { governanceLines, marketLines } from './inputs.ts';
import { line, pageWidth, pct, price, wrapped } from './layout.ts';
import { agentsTable, factorsTable } from './opinions.ts';
import { orderLines, preTradeLines } from './orders.ts';
import { riskLines } from './risk.ts';
import { allInWords, coded, inWords } from './words.ts';

export function renderExplanation(explanation: Explanation, io: Io): string {
  const { decision } = explanation;
  const sections = decision === null ? withoutDecision(explanation, io) : withDecision(decision, explanation, io);
  const numbered = sections.map(({ title, lines }, index) => [io.colors.bold(`${index + 1}  ${title}`), ...lines].join('\n'));
  return [heading(explanation, io), ...numbered].join('\n\n');
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

function withDecision(decision: Decision, explanation: Explanation, io: Io): Section[] {
  const { metadata, agent_results } = decision;
  const blocked = metadata.market === null ? `not looked at: ${allInWords(decision.reason_codes)}` : null;
  const seen = (lines: () => readonly string[]): readonly string[] => (blocked === null ? lines() : [line('', blocked)]);
  return [
    { title: 'Data and governance', lines: governanceLines(explanation, io) },
    { title: 'Market and regime', lines: marketLines(explanation) },
    { title: 'Factors', lines: seen(() => [factorsTable(metadata.factors, io)]) },
    { title: 'Agents', lines: seen(() => [agentsTable(agent_results, io)]) },
    {
      title: 'Meta-Brain',
      lines: seen(() =>
        metadata.ensemble === null
          ? [line('', `not reached: ${allInWords(decision.reason_codes)}`)]
          : ensembleLines(metadata.ensemble, metadata.crossSection, explanation),
      ),
    },
    { title: 'Allocation', lines: allocationLines(metadata, explanation) },
    { title: 'Risk', lines: riskLines(explanation, io) },
    { title: 'Checks before the order', lines: preTradeLines(explanation, io) },
    { title: 'Orders, and what became of them', lines: orderLines(explanation) },
    { title: 'Decision', lines: decisionLines(decision, explanation) },
  ];
}

/** A cycle that decided nothing may still have judged the symbol, and may have left orders. */
function withoutDecision(explanation: Explanation, io: Io): Section[] {
  return [
    { title: 'Data and governance', lines: governanceLines(explanation, io) },
    ...(explanation.regime === null ? [] : [{ title: 'Market and regime', lines: marketLines(explanation) }]),
    ...(explanation.risk === null ? [] : [{ title: 'Risk', lines: riskLines(explanation, io) }]),
    { title: 'Orders, and what became of them', lines: orderLines(explanation) },
  ];
}

function heading(explanation: Explanation, { colors }: Io): string {
  const { symbol, cycleId, decision } = explanation;
  const title = `${colors.bold(`${symbol} in ${cycleId}`)}`;
  if (decision === null) return `${title}\n${wrapped(noDecision(explanation), pageWidth).map(colors.yellow).join('\n')}`;
  const { final_decision, reason_codes } = decision;
  const dress = final_decision === 'EXECUTE_BUY' ? colors.green : final_decision === 'REJECT' ? colors.red : colors.yellow;
  const why = reason_codes[0] === undefined ? '' : `: ${inWords(reason_codes[0])}`;
  return `${title}\n${wrapped(`${final_decision}${why}. ${outcome(decision, explanation)}`, pageWidth)
    .map(dress)
    .join('\n')}`;
}

function noDecision({ ending }: Explanation): string {
  if (ending.outcome === 'interrupted') return 'No decision: the cycle was cut off and left no record of its end.';
  const why = ending.reason === null ? 'It left no reason.' : explainRefusal({ reason: ending.reason, details: plainly(ending.details) });
  return `No decision: the cycle was ${ending.outcome === 'failed' ? 'cut short by a failure' : ending.outcome}. ${why}`;
}

/** A function's error arrives as the JSON report that Lambda makes of it; its message is what a person needs. */
function plainly(details: unknown): unknown {
  const { cause } = (details ?? {}) as { readonly cause?: unknown };
  const report = typeof cause === 'string' ? tryParseJson(cause) : undefined;
  const { errorMessage } = (report ?? {}) as { readonly errorMessage?: unknown };
  return typeof errorMessage === 'string' ? { cause: errorMessage } : details;
}

function outcome({ position_size, metadata }: Decision, { orders }: Explanation): string {
  const filled = orders.filter(({ state }) => state === 'FILLED').length;
  if (orders.length > 0) return `Aimed at ${pct(position_size)} of equity; ${filled} of ${orders.length} orders filled.`;
  const held = metadata.allocation?.currentWeight ?? 0;
  return held === 0 ? 'Nothing was held, and no order was sent.' : `The ${pct(held)} of equity held stays, and no order was sent.`;
}

function decisionLines({ final_decision, reason_codes, position_size, stop_loss }: Decision, explanation: Explanation): string[] {
  const { auditRecord, ending, policyVersion } = explanation;
  const under = policyVersion === null ? '' : `, decided under version ${policyVersion} of the policy`;
  const [first, ...others] = [...new Set(reason_codes)];
  return [
    line('decision', final_decision),
    ...(first === undefined ? [] : [line('because', coded(first))]),
    ...(others.length === 0 ? [] : [line('and', others.map(coded).join('; '))]),
    line('position', `${pct(position_size)} of equity${stop_loss === null ? '' : `, stop at ${price(stop_loss)}`}`),
    ...(ending.outcome === 'halted' ? [line('afterwards', 'this cycle halted trading: a person has to resume it')] : []),
    ...(auditRecord === null
      ? []
      : [line('on record', `audit record ${auditRecord.sequence}, hash ${auditRecord.hash.slice(0, 16)}…${under}`)]),
  ];
}
