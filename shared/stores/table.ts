/** One DynamoDB table, in plain objects: what every table store here is built on. */
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  type Put,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { awsCall } from './aws-errors.ts';

export type Item = Record<string, unknown>;
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export class Table {
  readonly name: string;
  readonly #client: DynamoDBClient;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  /** Strongly consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const reply = await awsCall(`Reading ${this.name}`, () =>
      this.#client.send(new GetItemCommand({ TableName: this.name, Key: toAttributes(key), ConsistentRead: true })),
    );
    return reply.Item && unmarshall(reply.Item);
  }

  /** Every item of a partition whose sort key begins with `prefix`, in order, strongly consistent. */
  query(pk: string, prefix = ''): Promise<Item[]> {
    return prefix === ''
      ? this.#queried('pk = :pk', { ':pk': pk })
      : this.#queried('pk = :pk AND begins_with(sk, :prefix)', { ':pk': pk, ':prefix': prefix });
  }

  /** Those of a partition behind a sort key, in order, strongly consistent. */
  queryAfter(pk: string, sk: string): Promise<Item[]> {
    return this.#queried('pk = :pk AND sk > :sk', { ':pk': pk, ':sk': sk });
  }

  /** Every item there is, in no order, strongly consistent, a page at a time. */
  async *scan(): AsyncGenerator<Item[]> {
    let from: Record<string, AttributeValue> | undefined;
    do {
      const reply = await awsCall(`Scanning ${this.name}`, () =>
        this.#client.send(new ScanCommand({ TableName: this.name, ConsistentRead: true, ...(from ? { ExclusiveStartKey: from } : {}) })),
      );
      yield (reply.Items ?? []).map((item) => unmarshall(item));
      from = reply.LastEvaluatedKey;
    } while (from);
  }

  async #queried(condition: string, values: Item): Promise<Item[]> {
    const items: Item[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const reply = await awsCall(`Querying ${this.name}`, () =>
        this.#client.send(
          new QueryCommand({
            TableName: this.name,
            KeyConditionExpression: condition,
            ExpressionAttributeValues: toAttributes(values),
            ConsistentRead: true,
            ...(from ? { ExclusiveStartKey: from } : {}),
          }),
        ),
      );
      for (const item of reply.Items ?? []) items.push(unmarshall(item));
      from = reply.LastEvaluatedKey;
    } while (from);
    return items;
  }

  async put(item: Item & Key, condition?: string, values?: Item): Promise<void> {
    const { Put } = this.putting(item, condition, values);
    await awsCall(`Writing ${this.name}`, () => this.#client.send(new PutItemCommand(Put)));
  }

  /** A put as one part of a transaction. */
  putting(item: Item & Key, condition?: string, values?: Item, names?: Record<string, string>): { readonly Put: Put } {
    return {
      Put: {
        TableName: this.name,
        Item: toAttributes(item),
        ...(condition ? { ConditionExpression: condition } : {}),
        ...(values ? { ExpressionAttributeValues: toAttributes(values) } : {}),
        ...(names ? { ExpressionAttributeNames: names } : {}),
      },
    };
  }

  /** Returns the item as it is after the update. */
  async update(
    key: Key,
    update: Omit<UpdateItemCommandInput, 'TableName' | 'Key' | 'ExpressionAttributeValues'> & { readonly values?: Item },
  ): Promise<Item> {
    const { values, ...rest } = update;
    const reply = await awsCall(`Updating ${this.name}`, () =>
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.name,
          Key: toAttributes(key),
          ReturnValues: 'ALL_NEW',
          ...rest,
          ...(values ? { ExpressionAttributeValues: toAttributes(values) } : {}),
        }),
      ),
    );
    return unmarshall(reply.Attributes ?? {});
  }

  /** All or nothing, over this table and others; at most 100 items. */
  async transact(items: TransactWriteItem[], token?: string): Promise<void> {
    await awsCall(`Writing ${this.name}`, () =>
      this.#client.send(new TransactWriteItemsCommand({ TransactItems: items, ...(token ? { ClientRequestToken: token } : {}) })),
    );
  }
}

export const toAttributes = (item: object): Record<string, AttributeValue> => marshall(item, { removeUndefinedValues: true });

/** An item as a stream record shows it. @throws Error for what is none. */
export const fromStreamImage = (image: object): Item => unmarshall(image as Record<string, AttributeValue>);
