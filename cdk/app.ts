/** The deployment: which stacks there are, what each is given, and the checks every one must pass. */
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions } from './constructs/function-bundles.ts';
import { DataStack } from './stacks/data-stack.ts';
import { EventsStack } from './stacks/events-stack.ts';
import { IngestStack } from './stacks/ingest-stack.ts';
import { TradingStack } from './stacks/trading-stack.ts';
import { stageFromContext } from './stage.ts';

await bundleFunctions();

const app = new App();
const stage = stageFromContext(app.node);
const stackId = (part: string): string => `ballast-${stage.name}-${part}`;

const data = new DataStack(app, stackId('data'), { stage });
const events = new EventsStack(app, stackId('events'), { stage, data });
new IngestStack(app, stackId('ingest'), { stage, data, events });
new TradingStack(app, stackId('trading'), { stage, data, events });

Tags.of(app).add('application', 'ballast');
Tags.of(app).add('stage', stage.name);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

app.synth();
