/** Every agent there is: written by scripts/generate-registries.ts from the files beside this one. */
import type { Agent } from './agent.ts';
import { factorsAgent } from './factors.agent.ts';
import { fundamentalAgent } from './fundamental.agent.ts';
import { sentimentAgent } from './sentiment.agent.ts';
import { technicalAgent } from './technical.agent.ts';
import { valuationAgent } from './valuation.agent.ts';

export const knownAgents: readonly Agent[] = [factorsAgent, fundamentalAgent, sentimentAgent, technicalAgent, valuationAgent];
