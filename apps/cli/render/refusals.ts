/** Refusals in a sentence that says what to do. A reason without a sentence is shown as it stands, with its details. */
const sentences: Readonly<Record<string, string>> = {
  'already-run':
    'this cycle has run before, and AWS refuses a second execution of its name for 90 days. Choose another --as-of, or begin anew with --fresh.',
  'trading-paused': 'trading is PAUSED. "ballast resume" lets it go on.',
  'trading-halted': 'trading is HALTED. Find out why; then "ballast resume --after-halt --reason …".',
  'control-missing': 'the control item is missing, which means: do not trade. "ballast resume" writes a new one.',
  'control-malformed': 'the control item is not well formed, which means: do not trade. "ballast resume" writes a new one.',
  'market-closed': 'the exchange is closed then. Choose a session with --as-of.',
  'policy-missing': 'no policy is in force.',
  'dataset-not-found': 'the data set is not in the lake. "ballast ingest" brings it in.',
  'lease-held': 'another cycle is under way.',
  'cycle-out-of-order':
    'a later cycle has traded already, and its book must not be known to an earlier one. Use a later --as-of, or begin anew with --fresh.',
  'position-without-price': 'a position is held for which the data has no price.',
  'start-is-late': 'the start came too late after its schedule.',
};

export function explainRefusal({ reason, details }: { readonly reason: string; readonly details: unknown }): string {
  const sentence = sentences[reason];
  const shown = details && typeof details === 'object' && Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
  return sentence ? `${reason}: ${sentence}` : `${reason}${shown}`;
}
