/**
 * `ballast strategies propose`: registers a strategy with evidence, from a backtest that is run now or from a search that was kept, and shows every
 * gate with its figure. Where all are open it is in SHADOW; where one is closed it stays in BACKTEST with its evidence, and the exit code says so.
 *
 * A backtest is cut as a search is: the last part of the bars is held out behind a purge. The whole run is counted as a trial of its family like any
 * other, and the deflated Sharpe ratios take the family's count. Only its author brings a strategy new evidence: who approves has not made it.
 */
import type { StrategyWork } from '../../../shared/contracts/strategy-life.ts';
import { backtestEvidenceOf } from '../../../shared/domain/research/backtest-evidence.ts';
import type { MomentRange } from '../../../shared/domain/research/evolution/evaluation.ts';
import { splitRanges } from '../../../shared/domain/research/evolution/judge-search.ts';
import { evidenceOf } from '../../../shared/domain/research/evolution/search-evidence.ts';
import type { BacktestEvidence } from '../../../shared/domain/research/promotion-gates.ts';
import { evolvedFamily } from '../../../shared/domain/research/trial-identity.ts';
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import type { ToldEvent } from '../../../shared/stores/strategy-book.ts';
import type { CommandHost } from '../command-host.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { policyActor } from '../policy-actor.ts';
import { findingOf } from '../research/findings.ts';
import type { ResearchArguments } from '../research/options.ts';
import { openQuestion, type Question } from '../research/question.ts';
import { orBadInput } from '../research/refusals.ts';
import { countRun, runQuestion } from '../research/run-question.ts';
import { tellStrategy, withStrategyBook } from '../research/strategy-desk.ts';
import { withTrialLedger } from '../research/trial-book.ts';
import { settled } from './strategies.ts';

export interface ProposeArguments extends ResearchArguments {
  readonly fromEvolution?: string;
  readonly holdOut: number;
  readonly purge: number;
  readonly reason?: string;
  readonly as?: string;
}

interface Proposal {
  readonly strategyId: string;
  readonly work: StrategyWork;
  readonly evidence: BacktestEvidence;
  readonly reason: string;
}

export async function proposeStrategy(options: ProposeArguments, host: CommandHost): Promise<ExitCode> {
  if ((options.fromEvolution === undefined) === (options.strategy === undefined))
    throw new BadInput('Say what is proposed: --strategy with --params, or --from-evolution with the id of a search.');
  const actor = await policyActor(options, options.as);
  const { strategyId, work, evidence, reason } =
    options.fromEvolution === undefined ? await fromBacktest(options, host) : await fromEvolution(options.fromEvolution, options);
  const known = await withStrategyBook(options, (book) => book.get(strategyId));
  if (known !== undefined && known.state.author !== actor)
    throw new CommandFailed(
      exitCodes.refused,
      `${strategyId} was proposed by ${known.state.author}, and only they bring it new evidence. With --reason you can approve it.`,
    );
  const at = new Date().toISOString();
  const told = (event: ToldEvent['event']): ToldEvent => ({ event, actor, reason: options.reason ?? reason });
  const backtested = told({ kind: 'backtested', evidence, at });
  const events = known === undefined ? [told({ kind: 'registered', strategyId, author: actor, at }), backtested] : [backtested];
  return settled(await tellStrategy(options, strategyId, events, work), { gates: [], reason: '' }, options, host);
}

async function fromBacktest(options: ProposeArguments, host: CommandHost): Promise<Proposal> {
  const question = await openQuestion(options, host);
  const { strategy, parameters, rules, membership, panel } = question;
  const { training, holdOut } = cut(question, options);
  const family = await countRun(question, runQuestion(question), 'backtest', options);
  const of = ({ fromMoment, untilMoment }: MomentRange) => runQuestion({ ...question, range: { fromMoment, toMoment: untilMoment - 1 } });
  const evidence = orBadInput(backtestEvidenceOf({ training: of(training), holdOut: of(holdOut) }, family));
  const work: StrategyWork = {
    ...{ kind: 'named', strategy: strategy.name, parameters: { ...parameters }, rules, rebalance: question.rebalance ?? null },
    ...{ symbols: panel.series.map(({ symbol }) => symbol), membership: membership?.name ?? null },
  };
  return { strategyId: idOf(strategy.name, work), work, evidence, reason: `a backtest over ${panel.source.name}` };
}

function cut({ range }: Question, { holdOut: holdOutFrac, purge }: ProposeArguments) {
  const { training, holdOut } = splitRanges(range.toMoment - range.fromMoment + 1, holdOutFrac, purge);
  if (training.untilMoment < 2 || holdOut.untilMoment - holdOut.fromMoment < 2)
    throw new BadInput('--hold-out and --purge leave fewer than two bars to train on or to hold out.');
  const shifted = ({ fromMoment, untilMoment }: MomentRange): MomentRange => ({
    fromMoment: fromMoment + range.fromMoment,
    untilMoment: untilMoment + range.fromMoment,
  });
  return { training: shifted(training), holdOut: shifted(holdOut) };
}

/** Its trials are all that any search evaluated on those data, and never fewer than its own. */
async function fromEvolution(id: string, options: ProposeArguments): Promise<Proposal> {
  const { findingId, verdict, rules, symbols, datasetSha256 } = await findingOf(id, options);
  const { trials, sharpe } = await withTrialLedger(options, (ledger) => ledger.family({ strategy: evolvedFamily, datasetSha256 }));
  const counted = { trials, sharpe: { count: sharpe.count, squares: sharpe.squares } };
  const evidence = orBadInput(evidenceOf(verdict, rules.momentsPerYear, counted));
  // evidenceOf has refused a search without a candidate.
  const work: StrategyWork = { kind: 'genome', genome: verdict.candidate!.genome, rules, symbols: [...symbols] };
  return { strategyId: idOf('evolved', work), work, evidence, reason: `the best of search ${findingId.slice(0, 12)}` };
}

/** The same rule under the same costs over the same symbols is the same strategy. */
const idOf = (name: string, work: StrategyWork): string => `${name}-${contentHash(work).slice(0, 12)}`;
