/** A process that writes and says so, for the persistence cards to kill: each line on its output is an acknowledged write. */
import { writeSync } from 'node:fs';
import { PERSISTENT_TABLES } from './persistent-tables.ts';
import { callOurs, openOurs } from './support.ts';

const text = (value: string) => ({ S: value });
const number = (value: number) => ({ N: String(value) });

const service = openOurs(PERSISTENT_TABLES, { directory: process.argv[2]! });

for (let i = 0; ; i++) {
  callOurs(service, 'PutItem', { TableName: 'cards', Item: { pk: text('put'), sk: text(String(i)), n: number(i) } });
  writeSync(1, `put ${i}\n`);
  const TransactItems = [
    { Put: { TableName: 'cards', Item: { pk: text('transaction'), sk: text(String(i)) } } },
    { Put: { TableName: 'single', Item: { id: text(String(i)) } } },
    {
      Update: {
        TableName: 'single',
        Key: { id: text('count') },
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': number(1) },
      },
    },
  ];
  callOurs(service, 'TransactWriteItems', { TransactItems, ClientRequestToken: `token-${i}` });
  writeSync(1, `transaction ${i}\n`);
}
