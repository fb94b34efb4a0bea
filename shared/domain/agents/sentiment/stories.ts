/** When two headlines are one story, and when one headline is about many companies. */
import { tokenize } from './tokens.ts';

/** Headlines with the same key tell the same story: words and figures, without case, address, tag and punctuation. */
export function storyOf(text: string): string {
  return tokenize(text)
    .flatMap((token) => {
      if (token.kind === 'word') return [token.text];
      if (token.kind === 'number') return [String(token.value)];
      return token.kind === 'cashtag' ? [`$${token.text}`] : [];
    })
    .join(' ');
}

/** How feeds open and word their lists; the first words of each are matched against the whole headline in lower case. */
const openings: readonly RegExp[] = [
  /^(?:the |benzinga'?s? )?(?:pro'?s )?(?:top |biggest )*\d+ (?:[\w'-]+ ){0,4}(?:stocks|movers|gainers|losers|companies|etfs|picks|upgrades|downgrades|initiations|names|price target changes)\b/,
  /^(?:benzinga'?s? )?(?:top |biggest |best |worst |morning |pre-?)+(?:[\w#'-]+ ){0,3}(?:upgrades|downgrades|initiations|movers|gainers|losers|stocks|industries|price target changes)\b/,
  /^stocks (?:that hit|hitting|which|moving|making|to watch)\b/,
  /^(?:a peek into|earnings (?:scheduled|preview|roundup)|the (?:week|day|market) (?:ahead|in)|(?:mid-?day|mid-?morning|mid-?afternoon) (?:market|gainers|losers|movers))\b/,
  /\b(?:market update|market wrap|market roundup|morning brief|stocks to watch|must watch stocks|option alert recap|rank additions|company news for|other stocks|us-traded stocks|biotech pulse|premarket prep|movers from|session gainers|biggest movers|upgrades\/downgrades|13f roundup|bulls and bears of|among the biggest)\b/,
];

/** It names at least so many cashtags, or is worded as a list of movers, upgrades or dates. */
export function isRoundUp(text: string, tickersMin: number): boolean {
  const tickers = new Set(tokenize(text).flatMap((token) => (token.kind === 'cashtag' ? [token.text] : [])));
  if (tickers.size >= tickersMin) return true;
  const lower = text.slice(0, 160).toLowerCase().replaceAll('’', "'");
  return openings.some((opening) => opening.test(lower));
}
