/** The cards that hold for our service and, as an outside reference, for dynalite behind the real SDK client. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Card, toolsFor } from './cards.ts';
import { conditionCards } from './condition.cards.ts';
import { itemCards } from './item.cards.ts';
import { queryCards } from './query.cards.ts';
import { ALL_TABLES, dynaliteSystem, ourSystem, type System } from './support.ts';
import { updateCards } from './update.cards.ts';

const cards: readonly Card[] = [...itemCards, ...conditionCards, ...updateCards, ...queryCards];

describe.each([
  ['the local cloud', async () => ourSystem(ALL_TABLES)],
  ['dynalite', () => dynaliteSystem(ALL_TABLES)],
] as const)('%s', (_, open) => {
  let system: System;
  beforeAll(async () => {
    system = await open();
  });
  afterAll(() => system.close());

  test.each(cards.map((card) => [card.id, card.title, card] as const))('%s %s', async (_id, _title, card) => {
    await card.run(toolsFor(card, system.send));
  });
});
