/** A fund's tables as an operator sees them, in the local cloud or in an AWS account: the stores are the functions' own. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { physicalName, type StageName, type TableRole } from '../../shared/contracts/names/index.ts';
import type { AwsClientConfig } from '../../shared/runtime/host.ts';
import { AlertStore } from '../../shared/stores/alerts.ts';
import { AuditStore } from '../../shared/stores/audit.ts';
import type { AuditTrail } from '../../shared/stores/audit-trail.ts';
import { ControlStore } from '../../shared/stores/control.ts';
import { EventPublisher } from '../../shared/stores/events.ts';
import { HealthStore } from '../../shared/stores/health.ts';
import { Ledger } from '../../shared/stores/ledger/index.ts';
import { OpportunityStore } from '../../shared/stores/opportunities.ts';
import { PolicyStore } from '../../shared/stores/policies.ts';
import { ReconciliationStore } from '../../shared/stores/reconciliations.ts';
import { RemoteAuditTrail } from '../../shared/stores/remote-audit-trail.ts';
import { RiskStateStore } from '../../shared/stores/risk-state.ts';
import { SteeringStore } from '../../shared/stores/steering-state.ts';
import { SymbolStore } from '../../shared/stores/symbols.ts';
import { Table } from '../../shared/stores/table.ts';
import { TrialLedger } from '../../shared/stores/trial-ledger.ts';

export interface OperatorStores {
  readonly alerts: AlertStore;
  readonly control: ControlStore;
  readonly health: HealthStore;
  readonly steering: SteeringStore;
  readonly policies: PolicyStore;
  readonly audit: AuditStore;
  /** To leave a record in it. */
  readonly auditTrail: AuditTrail;
  readonly symbols: SymbolStore;
  readonly riskState: RiskStateStore;
  readonly ledger: Ledger;
  readonly reconciliations: ReconciliationStore;
  readonly events: EventPublisher;
  readonly opportunities: OpportunityStore;
  /** What research tried. */
  readonly trials: TrialLedger;
}

export function operatorStores(stage: StageName, client: AwsClientConfig): OperatorStores {
  const dynamo = new DynamoDBClient(client);
  const table = (role: TableRole): Table => new Table(dynamo, physicalName(stage, role));
  return {
    alerts: new AlertStore(table('operations')),
    control: new ControlStore(table('policy')),
    health: new HealthStore(table('operations')),
    steering: new SteeringStore(table('operations')),
    opportunities: new OpportunityStore(table('operations')),
    policies: new PolicyStore(table('policy')),
    audit: new AuditStore(table('audit')),
    auditTrail: new RemoteAuditTrail(new LambdaClient(client), physicalName(stage, 'audit-write-audit')),
    symbols: new SymbolStore(table('symbols')),
    riskState: new RiskStateStore(table('risk')),
    ledger: new Ledger(dynamo, physicalName(stage, 'ledger')),
    reconciliations: new ReconciliationStore(table('ledger')),
    trials: new TrialLedger(table('trials')),
    events: new EventPublisher(new EventBridgeClient(client), physicalName(stage, 'events')),
  };
}
