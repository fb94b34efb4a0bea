/**
 * Which strategies are blocked for what they lost: each is held against its own high, and one that fell farther than the limit goes on
 * the block list. Nothing here takes a name off it. When a person does, the high is counted from that moment on: the loss is known and
 * accepted, and the limit speaks again at the next one.
 *
 * Not covered: splitting the fund's gains among strategies that trade the same symbols; one that is not measured is not judged.
 */
import { drawdownFrac } from '../risk/drawdown.ts';
import { type StrategyEvidence, voiceText } from './evidence.ts';

export type StrategyMemory = Readonly<Record<string, { readonly highUsd: number; readonly blocked: boolean }>>;

export interface JudgedStrategies {
  readonly memory: StrategyMemory;
  /** What stood in the policy, and what is added, in order. */
  readonly block: readonly string[];
  readonly reasons: readonly string[];
}

export function judgeStrategies(
  memory: StrategyMemory,
  evidence: readonly StrategyEvidence[],
  blocked: readonly string[],
  drawdownFracMax: number,
): JudgedStrategies {
  const next: Record<string, StrategyMemory[string]> = { ...memory };
  const added: string[] = [];
  const reasons: string[] = [];
  for (const { name, equityUsd } of evidence) {
    if (equityUsd === null || !(equityUsd > 0 && Number.isFinite(equityUsd))) continue;
    const isBlocked = blocked.includes(name);
    const known = memory[name];
    const unblocked = known?.blocked === true && !isBlocked;
    const highUsd = known === undefined || unblocked ? equityUsd : Math.max(known.highUsd, equityUsd);
    const lost = drawdownFrac(equityUsd, highUsd);
    const isOver = lost > drawdownFracMax;
    if (isOver) reasons.push(voiceText({ reason: `strategy-${name}-drawdown-high`, figures: { drawdownFrac: lost, drawdownFracMax } }));
    if (isOver && !isBlocked) added.push(name);
    next[name] = { highUsd, blocked: isBlocked || isOver };
  }
  const block = added.length === 0 ? blocked : [...new Set([...blocked, ...added])].sort();
  return { memory: next, block, reasons };
}
