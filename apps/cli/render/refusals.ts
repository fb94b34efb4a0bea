/** Refusals in a sentence that says what to do. A reason without a sentence is shown as it stands, with its details. */
type Details = Readonly<Record<string, unknown>>;

const sentences: Readonly<Record<string, string | ((details: Details) => string)>> = {
  'already-run': alreadyRun,
  'trading-paused': ({ reason, actor }) => `trading is PAUSED by ${actor} (${reason}). "ballast resume" lets it go on.`,
  'trading-halted': ({ reason, actor }) =>
    `trading is HALTED by ${actor} (${reason}). Find out why; then "ballast resume --after-halt --reason …".`,
  'control-missing': 'the control item is missing, which means: do not trade. "ballast resume" writes a new one.',
  'control-malformed': 'the control item is not well formed, which means: do not trade. "ballast resume" writes a new one.',
  'market-closed': ({ previousSession, nextSession }) =>
    nextSession
      ? `the exchange has no session that day. The next one is ${nextSession}, the one before ${previousSession}: choose with --as-of.`
      : 'the exchange is closed then. Choose a session with --as-of.',
  'policy-missing': 'no policy is in force.',
  'policy-outdated': ({ version, schema, expected }) =>
    `policy version ${version} is a ${schema}, and this Ballast reads ${expected}. Publish a new one; a fund on this machine can begin anew with --fresh.`,
  'dataset-not-found': 'the data set is not in the lake. "ballast ingest" brings it in.',
  'lease-held': 'another cycle is under way, or was interrupted a moment ago: its lease ends 20 minutes after it began.',
  'cycle-out-of-order':
    'a later cycle has traded already, and its book must not be known to an earlier one. Use a later --as-of, or begin anew with --fresh.',
  'position-without-price': 'a position is held for which the data has no price. Use data that has it, or begin anew with --fresh.',
  'cash-unexplained': ({ cashUsd }) =>
    `the broker's cash differs from the ledger's by ${cashUsd} USD that nothing explains. "ballast reconcile" shows both; --accept cash books it.`,
  'start-is-late': 'the start came too late after its schedule.',
};

export function explainRefusal({ reason, details }: { readonly reason: string; readonly details: unknown }): string {
  const known = details && typeof details === 'object' ? (details as Details) : {};
  const sentence = sentences[reason];
  if (sentence) return `${reason}: ${typeof sentence === 'string' ? sentence : sentence(known)}`;
  if (typeof known.cause === 'string') return known.cause.startsWith(reason) ? known.cause : `${reason}: ${known.cause}`;
  return Object.keys(known).length > 0 ? `${reason} ${JSON.stringify(known)}` : reason;
}

function alreadyRun({ name, status, orders = {} }: Details): string {
  const counts = Object.entries(orders as Record<string, number>).map(([state, count]) => `${count} ${state}`);
  const left =
    counts.length === 0
      ? 'It had reserved no orders.'
      : `Its orders as last known: ${counts.join(', ')}; "ballast orders --cycle ${name}" lists them.`;
  const go = 'Choose another --as-of, or begin anew with --fresh.';
  if (status === 'ABORTED')
    return `this cycle was interrupted: the process that ran it ended in the middle. ${left} Its name stays used. ${go}`;
  return `this cycle has run before, and AWS refuses a second execution of its name for 90 days. ${go}`;
}
