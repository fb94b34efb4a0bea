/** What the returns of many combinations say together, as a person reads it, and as a script does. */
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { howMany, type Overfitting, pboWords, pValueText } from '../../../../shared/runtime/sweep-page/overfitting-section.ts';
import type { Io } from '../../io.ts';
import { count, pct } from '../explain/layout.ts';

/** Above it the best of the past is chosen from noise. */
const pboDoubtful = 0.4;
const pValueConvincing = 0.05;

export function overfittingLines(overfitting: Overfitting, { colors }: Pick<Io, 'colors'>): string[] {
  const { pbo, tests, draws } = overfitting;
  const p = (value: number): string => pValueText(value, draws).replace(/^(?!<)/, '= ');
  const tone = (isGood: boolean, text: string): string => (isGood ? colors.green(text) : colors.yellow(text));
  const cross = isRefusal(pbo)
    ? `Overfitting: not measured: ${why(pbo)}.`
    : tone(
        pbo.probability < pboDoubtful,
        `Probability of overfitting: ${pct(pbo.probability, 1)}; ${pboWords(pbo.probability)} (${count(pbo.splits)} splits of ${pbo.blocks} blocks).`,
      );
  const lines = tests.map(({ against, realityCheck, superior }) => {
    if (isRefusal(superior) || isRefusal(realityCheck))
      return `Against ${against}: not tested: ${why(isRefusal(superior) ? superior : (realityCheck as Refusal))}.`;
    const { consistent } = superior.pValue;
    const said = `Against ${against}: so many worthless ones would show as much with p ${p(consistent)} (Hansen’s SPA; White’s reality check p ${p(realityCheck.pValue)})`;
    return tone(consistent <= pValueConvincing, `${said}.`);
  });
  return [cross, ...lines, colors.dim(howMany(overfitting))];
}

/** Without the figures of each split: those are for the page. */
export function overfittingDocument(overfitting: Overfitting | null): object | null {
  if (overfitting === null) return null;
  const { pbo, ...rest } = overfitting;
  if (isRefusal(pbo)) return { pbo, ...rest };
  const { logits: _logits, inSample: _inSample, outOfSample: _outOfSample, ...figures } = pbo;
  return { pbo: figures, ...rest };
}

const why = ({ reason }: Refusal): string => reason.replaceAll('-', ' ');
