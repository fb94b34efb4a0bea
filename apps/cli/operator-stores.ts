/** A fund's tables as an operator sees them, in the local cloud or in an AWS account: the stores are the functions' own. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { physicalName, type StageName, type TableRole } from '../../shared/contracts/names/index.ts';
import type { AwsClientConfig } from '../../shared/runtime/host.ts';
import { AuditStore } from '../../shared/stores/audit.ts';
import { ControlStore } from '../../shared/stores/control.ts';
import { EventPublisher } from '../../shared/stores/events.ts';
import { Ledger } from '../../shared/stores/ledger/index.ts';
import { PolicyStore } from '../../shared/stores/policies.ts';
import { ReconciliationStore } from '../../shared/stores/reconciliations.ts';
import { RiskStateStore } from '../../shared/stores/risk-state.ts';
import { SymbolStore } from '../../shared/stores/symbols.ts';
import { Table } from '../../shared/stores/table.ts';

export interface OperatorStores {
  readonly control: ControlStore;
  readonly policies: PolicyStore;
  readonly audit: AuditStore;
  readonly symbols: SymbolStore;
  readonly riskState: RiskStateStore;
  readonly ledger: Ledger;
  readonly reconciliations: ReconciliationStore;
  readonly events: EventPublisher;
}

export function operatorStores(stage: StageName, client: AwsClientConfig): OperatorStores {
  const dynamo = new DynamoDBClient(client);
  const table = (role: TableRole): Table => new Table(dynamo, physicalName(stage, role));
  return {
    control: new ControlStore(table('policy')),
    policies: new PolicyStore(table('policy')),
    audit: new AuditStore(table('audit')),
    symbols: new SymbolStore(table('symbols')),
    riskState: new RiskStateStore(table('risk')),
    ledger: new Ledger(dynamo, physicalName(stage, 'ledger')),
    reconciliations: new ReconciliationStore(table('ledger')),
    events: new EventPublisher(new EventBridgeClient(client), physicalName(stage, 'events')),
  };
}
