/** The contract kit over every agent there is, found by file name; and over agents that break it, which it must find. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Agent, abstain, opinionOf, type SymbolView } from '../../../../shared/domain/agents/agent.ts';
import { technicalAgent } from '../../../../shared/domain/agents/technical.agent.ts';
import { type AgentKitOptions, agentCards, agentKit } from '../../../contract/kits/agent-kit.ts';

const folder = new URL('../../../../shared/domain/agents/', import.meta.url);
const needs: Readonly<Record<string, AgentKitOptions['abstainsWithout']>> = {
  technical: 'prices',
  factors: 'factors',
  sentiment: 'facts',
  valuation: 'facts',
  fundamental: 'facts',
};

for (const file of readdirSync(folder).filter((name) => name.endsWith('.agent.ts'))) {
  const loaded = (await import(new URL(file, folder).href)) as Readonly<Record<string, Agent>>;
  const name = file.slice(0, -'.agent.ts'.length);
  const agent = Object.values(loaded).find((value) => value.name === name);
  if (agent === undefined) throw new Error(`${file} exports no agent named ${name}`);
  agentKit(agent, { abstainsWithout: needs[name] ?? 'prices' });
}

const finding = { score: 0.5, confidence: 0.5, reasons: [], evidence: {} };
const sound: Agent = {
  name: 'sound',
  opine: (view) =>
    view.bars.close.length < 252 || !(view.bars.close.at(-1)! > 0) ? abstain('sound', 'no') : opinionOf('technical', view, finding),
};
const withOpinion = (opine: (view: SymbolView) => ReturnType<Agent['opine']>): Agent => ({ name: 'technical', opine });
let asked = 0;

const planted: ReadonlyArray<readonly [string, number, Agent]> = [
  ['signs with another name', 2, sound],
  ['has a name of two words', 1, { ...technicalAgent, name: 'Technical Agent' }],
  ['always abstains', 1, withOpinion(() => abstain('technical', 'never'))],
  ['abstains without a reason one can match', 6, withOpinion(() => abstain('technical', 'Not today!'))],
  ['is surer than sure', 2, withOpinion((view) => ({ ...opinionOf('technical', view, finding), ...{ confidence: 1.5 } }))],
  ['expects more than its information coefficient gives', 2, withOpinion((view) => opinionOf('technical', view, { ...finding, score: 2 }))],
  [
    'remembers how often it was asked',
    3,
    withOpinion((view) => opinionOf('technical', view, { ...finding, confidence: (asked++ % 7) / 10 })),
  ],
  [
    'writes into the bars',
    3,
    withOpinion((view) => {
      view.bars.close[0]! += 1;
      return opinionOf('technical', view, finding);
    }),
  ],
  [
    'reads a report of tomorrow',
    5,
    withOpinion((view) => opinionOf('technical', view, { ...finding, confidence: view.facts.reports.length / 100 })),
  ],
  ['has an opinion without prices', 6, withOpinion((view) => opinionOf('technical', view, finding))],
  ['remembers who came before', 7, withOpinion(rememberingAgent())],
  [
    'makes its own information coefficient',
    8,
    withOpinion(() => ({ kind: 'opinion', agent: 'technical', expectedReturn: 0.0001, confidence: 0.5, reasons: [], evidence: {} })),
  ],
];

function rememberingAgent(): Agent['opine'] {
  let before = '';
  return (view) => {
    const changed = before !== '' && before > view.symbol;
    before = view.symbol;
    return opinionOf('technical', view, { ...finding, confidence: changed ? 0.4 : 0.6 });
  };
}

describe('the agent kit', () => {
  test.each(planted)('finds the agent that %s, by card %i', (_, card, agent) => {
    const { title, faults } = agentCards[card - 1]!;
    expect(title.startsWith(`${card} `)).toBe(true);
    expect(faults(agent, { abstainsWithout: 'prices' })).not.toEqual([]);
  });

  test('finds an agent that looks behind its view, by card 4', () => {
    const leaking = withOpinion((view) => {
      const all = new Float64Array(view.bars.volume.buffer);
      return opinionOf('technical', view, { ...finding, confidence: Math.abs(Math.tanh(all.at(-1)! / 1e7)) });
    });
    expect(agentCards[3]!.faults(leaking, { abstainsWithout: 'prices' })).not.toEqual([]);
  });
});
