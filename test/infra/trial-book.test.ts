import { expect, test } from 'vitest';
import { trialsTable } from '../../apps/cli/research/trial-book.ts';
import { devAssembly } from './support/assembly.ts';

test('the trials of a state directory lie in the table that the data stack declares', async () => {
  const { templates } = await devAssembly();
  const declared = templates.all('AWS::DynamoDB::Table').find((table) => table.text('TableName') === trialsTable.TableName);
  expect(declared?.at('KeySchema')).toEqual(trialsTable.KeySchema);
  expect(declared?.at('AttributeDefinitions')).toEqual(trialsTable.AttributeDefinitions);
  expect(declared?.at('BillingMode')).toBe(trialsTable.BillingMode);
  expect(declared?.at('GlobalSecondaryIndexes')).toBeUndefined();
});
