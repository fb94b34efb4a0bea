/** `AWS::Lambda::Permission`: each is one statement of the function's resource policy. */
import { type DeclaredResource, notEmulated } from '../service.ts';

const honoured = new Set(['Action', 'FunctionName', 'Principal', 'SourceArn', 'SourceAccount']);

interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: object[];
}

export class Permissions {
  /** By the ARN of the function, without version or alias. */
  readonly documents = new Map<string, PolicyDocument>();

  declare({ stack, logicalId, properties }: DeclaredResource, functionArn: string): string {
    const unknown = Object.keys(properties).find((property) => !honoured.has(property));
    if (unknown !== undefined) throw notEmulated('Lambda', `permission property ${unknown} (${stack}/${logicalId})`);
    const unqualified = functionArn.split(':').slice(0, 7).join(':');
    // The document is replaced, not changed: decisions are remembered by document.
    const earlier = this.documents.get(unqualified)?.Statement ?? [];
    this.documents.set(unqualified, {
      Version: '2012-10-17',
      Statement: [...earlier, statementOf(properties, functionArn, `${stack}/${logicalId}`)],
    });
    return `${stack}-${logicalId}`;
  }
}

function statementOf(properties: Readonly<Record<string, unknown>>, functionArn: string, place: string): object {
  const { Action, Principal, SourceArn, SourceAccount } = properties as Record<string, string | undefined>;
  const condition = {
    ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
    ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
  };
  return {
    Effect: 'Allow',
    Action,
    Principal: principalOf(Principal, place),
    Resource: functionArn,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

function principalOf(principal: string | undefined, place: string): object | string {
  if (principal === undefined) throw notEmulated('Lambda', `permission without a principal (${place})`);
  if (principal === '*') return '*';
  return principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal };
}
