/**
 * What a handler can ask for. A handler names its needs, and only those are bundled and built, from the environment that
 * the stack's grant put there; a need without its grant has no name to be built from, and says so at the first event.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Broker } from '../brokers/broker.ts';
import type { PermitSigner, PermitVerifier } from '../brokers/risk-ticket.ts';
import { env, type TableRole } from '../contracts/names/index.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { seededRng } from '../kernel/rng.ts';
import { AlertStore } from '../stores/alerts.ts';
import { AnalyticsStore } from '../stores/analytics.ts';
import { AuditStore } from '../stores/audit.ts';
import { AuditStream } from '../stores/audit-stream.ts';
import type { AuditTrail } from '../stores/audit-trail.ts';
import { CheckpointKey } from '../stores/checkpoint-key.ts';
import { CheckpointKeys } from '../stores/checkpoint-keys.ts';
import { CheckpointStore } from '../stores/checkpoints.ts';
import { ConsumedEvents } from '../stores/consumed-events.ts';
import { ControlStore } from '../stores/control.ts';
import { EventPublisher } from '../stores/events.ts';
import { HealthStore } from '../stores/health.ts';
import { LakeDocuments } from '../stores/lake/documents.ts';
import { Lake } from '../stores/lake/lake.ts';
import { LakeReadings } from '../stores/lake/readings.ts';
import { LeaseStore } from '../stores/leases.ts';
import { CashMovements } from '../stores/ledger/cash-moved.ts';
import { Ledger } from '../stores/ledger/index.ts';
import { ParentStore } from '../stores/ledger/parents.ts';
import { ObjectArchive } from '../stores/object-archive.ts';
import { OpportunityStore } from '../stores/opportunities.ts';
import { PermitKey } from '../stores/permit-key.ts';
import { PolicyStore } from '../stores/policies.ts';
import { ReconciliationStore } from '../stores/reconciliations.ts';
import { RemoteAuditTrail } from '../stores/remote-audit-trail.ts';
import { ResearchResults } from '../stores/research-results.ts';
import { RiskStateStore } from '../stores/risk-state.ts';
import { SigningTurn } from '../stores/signing-turn.ts';
import { StateMachine } from '../stores/state-machine.ts';
import { SteeringStore } from '../stores/steering-state.ts';
import { SymbolStore } from '../stores/symbols.ts';
import { Table } from '../stores/table.ts';
import { TrialLedger } from '../stores/trial-ledger.ts';
import { type AlertChannels, connectAlertChannels } from './connect-alert-channels.ts';
import { connectBroker } from './connect-broker.ts';
import { connectNewsReader, type NewsModel } from './connect-news-reader.ts';
import { required } from './environment.ts';
import { oncePerHost, type RuntimeHost } from './host.ts';

export type Need<T> = (host: RuntimeHost) => T;

/** One client, however many needs share it. */
const dynamo = /* @__PURE__ */ oncePerHost((host) => new DynamoDBClient(host.awsClientConfig()));
const s3 = /* @__PURE__ */ oncePerHost((host) => new S3Client(host.awsClientConfig()));
const table = (host: RuntimeHost, role: TableRole): Table => new Table(dynamo(host), required(host, env.table(role)));

export const control: Need<ControlStore> = (host) => new ControlStore(table(host, 'policy'));
export const policies: Need<PolicyStore> = (host) => new PolicyStore(table(host, 'policy'));
export const leases: Need<LeaseStore> = (host) => new LeaseStore(table(host, 'leases'));
export const symbols: Need<SymbolStore> = (host) => new SymbolStore(table(host, 'symbols'));
export const ledger: Need<Ledger> = (host) => new Ledger(dynamo(host), required(host, env.table('ledger')));
export const parents: Need<ParentStore> = (host) => new ParentStore(table(host, 'ledger'));
export const reconciliations: Need<ReconciliationStore> = (host) => new ReconciliationStore(table(host, 'ledger'));
export const riskState: Need<RiskStateStore> = (host) => new RiskStateStore(table(host, 'risk'));
export const audit: Need<AuditStore> = (host) => new AuditStore(table(host, 'audit'));
/** To append to it, through the one function that may write it. */
export const auditTrail: Need<AuditTrail> = (host) =>
  new RemoteAuditTrail(new LambdaClient(host.awsClientConfig()), required(host, env.auditWriter));
export const checkpoints: Need<CheckpointStore> = (host) => new CheckpointStore(auditArchive(host));
export const checkpointKey: Need<CheckpointKey> = (host) =>
  new CheckpointKey(new KMSClient(host.awsClientConfig()), required(host, env.checkpointKey));
export const signingTurn: Need<SigningTurn> = (host) => new SigningTurn(table(host, 'operations'));
export const consumedEvents: Need<ConsumedEvents> = (host) => new ConsumedEvents(table(host, 'operations'));
export const opportunities: Need<OpportunityStore> = (host) => new OpportunityStore(table(host, 'operations'));
export const health: Need<HealthStore> = (host) => new HealthStore(table(host, 'operations'));
export const steering: Need<SteeringStore> = (host) => new SteeringStore(table(host, 'operations'));
export const lake: Need<Lake> = (host) => new Lake(s3(host), required(host, env.bucket('lake')));
/** For a phase that moves no bars. */
export const documents: Need<LakeDocuments> = (host) => new LakeDocuments(s3(host), required(host, env.bucket('lake')));
/** What is measured of cycles, and the reports. */
export const analytics: Need<AnalyticsStore> = (host) => new AnalyticsStore(documents(host));
export const trials: Need<TrialLedger> = (host) => new TrialLedger(table(host, 'trials'));
/** Panels, plans and results of research. One per host, since it keeps the panel it read last. */
export const research: Need<ResearchResults> = /* @__PURE__ */ oncePerHost(
  (host) => new ResearchResults(s3(host), required(host, env.bucket('research'))),
);
export const cashMovements: Need<CashMovements> = (host) => new CashMovements(table(host, 'ledger'));
export const auditArchive: Need<ObjectArchive> = (host) => new ObjectArchive(s3(host), required(host, env.bucket('auditArchive')));
/** To the table that auditors query. */
export const auditStream: Need<AuditStream> = (host) =>
  new AuditStream(new FirehoseClient(host.awsClientConfig()), required(host, env.auditStream));
/** The names of checkpoints, to see how far the trail is signed. */
export const checkpointKeys: Need<CheckpointKeys> = (host) => new CheckpointKeys(s3(host), required(host, env.bucket('auditArchive')));
export const events: Need<EventPublisher> = (host) =>
  new EventPublisher(new EventBridgeClient(host.awsClientConfig()), required(host, env.eventBus));
export const machine: Need<StateMachine> = (host) =>
  new StateMachine(new SFNClient(host.awsClientConfig()), required(host, env.stateMachine));
/** To look at, not to start. */
export const cycleExecutions: Need<Pick<StateMachine, 'statusOf'>> = (host) =>
  new StateMachine(new SFNClient(host.awsClientConfig()), required(host, env.tradingCycle));

/** Two needs of one key: the template gives `kms:Sign` to those who judge, `kms:Verify` to those who send, and both to nobody. */
export const permitSigner: Need<PermitSigner> = (host) => permitKey(host);
export const permitVerifier: Need<PermitVerifier> = (host) => permitKey(host);
const permitKey = (host: RuntimeHost): PermitKey => new PermitKey(new KMSClient(host.awsClientConfig()), required(host, env.permitKey));

/** One environment variable as it stands, e.g. the name of a bucket that a state machine reads for itself. */
export const value =
  (name: string): Need<string> =>
  (host) =>
    required(host, name);

/** Connects on every call: a rotated key is picked up by the next cycle. Only the order role's functions have the secret's name. */
export const broker: Need<() => Promise<Broker>> = (host) => {
  const secrets = new SecretsManagerClient(host.awsClientConfig());
  const secretId = required(host, env.brokerSecret);
  return () => connectBroker(secrets, secretId, host);
};

/** Connects on every call, as the broker does. Only the function that reads news has this secret's name. */
export const newsModel: Need<() => Promise<NewsModel | Refusal<'model-not-set-up'>>> = (host) => {
  const secrets = new SecretsManagerClient(host.awsClientConfig());
  const secretId = required(host, env.newsModelSecret);
  const readings = new LakeReadings(s3(host), required(host, env.bucket('lake')));
  return () => connectNewsReader(secrets, secretId, readings);
};

export const alerts: Need<AlertStore> = (host) => new AlertStore(table(host, 'operations'));

/** Connects on every call: a webhook that was renewed is used at the next alert. Its secret is read by those who tell people, and by nobody else. */
export const alertChannels: Need<() => Promise<AlertChannels>> = (host) => {
  const secrets = new SecretsManagerClient(host.awsClientConfig());
  const secretId = required(host, env.alertChannelsSecret);
  const topic = { sns: new SNSClient(host.awsClientConfig()), topicArn: required(host, env.alertTopic) };
  const fetch: typeof globalThis.fetch = (input, init) => host.fetch(input, init);
  const { clock } = host;
  // Two functions that were refused at the same moment must not come back at the same moment: each has a log stream of its own.
  const seed = (): string => `${host.env.AWS_LAMBDA_LOG_STREAM_NAME ?? ''} ${clock.now()}`;
  return () => connectAlertChannels(secrets, secretId, topic, { fetch, clock, rng: seededRng(seed()) });
};
