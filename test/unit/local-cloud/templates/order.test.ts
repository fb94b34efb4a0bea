import { expect, test } from 'vitest';
import { declarationOrder } from '../../../../apps/local-cloud/templates/order.ts';

test('puts each resource after what it refers to by Ref, GetAtt, Sub or DependsOn, else as written', () => {
  const order = declarationOrder({
    A: { Type: 'T', Properties: { x: { 'Fn::GetAtt': ['D', 'Arn'] } } },
    B: { Type: 'T', Properties: { x: [{ 'Fn::Sub': ['${E.Arn}-${own}', { own: { Ref: 'F' } }] }] } },
    C: { Type: 'T', DependsOn: ['G'], Properties: { x: { Ref: 'AWS::Region' } } },
    D: { Type: 'T' },
    E: { Type: 'T', Properties: { x: { 'Fn::GetAtt': 'D.Arn' } } },
    F: { Type: 'T' },
    G: { Type: 'T', DependsOn: 'F' },
  });
  expect(order).toEqual(['D', 'A', 'E', 'F', 'B', 'G', 'C']);
});

test('names the circle when resources refer to each other', () => {
  const circle = { A: { Type: 'T', Properties: { x: { Ref: 'B' } } }, B: { Type: 'T', DependsOn: 'A' } };
  expect(() => declarationOrder(circle)).toThrow('resources refer to each other in a circle: A → B → A');
});
