/** The deployment: which stacks there are, what each is given, and the checks every one must pass. */
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions } from './constructs/function-bundles.ts';
import { AuditStack } from './stacks/audit-stack.ts';
import { ControlStack } from './stacks/control-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { EventsStack } from './stacks/events-stack.ts';
import { IngestStack } from './stacks/ingest-stack.ts';
import { ResearchStack } from './stacks/research-stack.ts';
import { TradingStack } from './stacks/trading-stack.ts';
import { stageFromContext } from './stage.ts';

await bundleFunctions();

const app = new App();
const stage = stageFromContext(app.node);
const stackId = (part: string): string => `ballast-${stage.name}-${part}`;

const data = new DataStack(app, stackId('data'), { stage });
const events = new EventsStack(app, stackId('events'), { stage, data });
const audit = new AuditStack(app, stackId('audit'), { stage, data, events });
new IngestStack(app, stackId('ingest'), { stage, data, events });
new TradingStack(app, stackId('trading'), { stage, data, events, audit });
new ResearchStack(app, stackId('research'), { stage, data, events });
new ControlStack(app, stackId('control'), { stage, data, events, audit });

Tags.of(app).add('application', 'ballast');
Tags.of(app).add('stage', stage.name);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

app.synth();
