/**
 * What comes over Alpaca's trade-update stream (docs.alpaca.markets, "Websocket Streaming"), at the door: JSON `{stream, data}`, where
 * the stream is `authorization`, `listening` or `trade_updates`. Anything else is no message of it.
 */
import * as z from 'zod';
import { ContractViolation } from '../../kernel/errors.ts';
import { tryParseJson } from '../../kernel/json.ts';
import type { Price, Shares } from '../../kernel/units.ts';
import type { TradeUpdate } from '../broker.ts';
import { decimal, instant, orderAnswer, text } from './answers.ts';

export type StreamMessage =
  | { readonly kind: 'authorization'; readonly authorised: boolean }
  | { readonly kind: 'listening'; readonly streams: readonly string[] }
  | { readonly kind: 'trade-update'; readonly update: TradeUpdate };

const authorization = z
  .object({ stream: z.literal('authorization'), data: z.object({ status: text }) })
  .transform(({ data }): StreamMessage => ({ kind: 'authorization', authorised: data.status === 'authorized' }));

const listening = z
  .object({ stream: z.literal('listening'), data: z.object({ streams: z.array(z.string()) }) })
  .transform(({ data }): StreamMessage => ({ kind: 'listening', streams: data.streams }));

/** The two events that tell of an execution, by its own quantity and price. */
const executed = z.object({
  event: z.enum(['fill', 'partial_fill']),
  order: orderAnswer,
  timestamp: instant,
  qty: decimal,
  price: decimal,
});

const other = z.object({
  event: text.refine((event) => !['fill', 'partial_fill'].includes(event), { message: 'tells of an execution' }),
  order: orderAnswer,
  timestamp: instant.nullish(),
  at: instant.nullish(),
});

const tradeUpdate = z.object({
  stream: z.literal('trade_updates'),
  data: z.union([
    executed.transform(
      ({ event, order, timestamp, qty, price }): TradeUpdate => ({
        event,
        order,
        at: timestamp,
        execution: { quantity: qty as Shares, price: price as Price },
      }),
    ),
    other.transform(({ event, order, timestamp, at }, context): TradeUpdate => {
      const told = timestamp ?? at ?? order.updatedAt ?? order.submittedAt;
      if (told !== undefined) return { event, order, at: told };
      context.addIssue({ code: 'custom', message: 'tells no instant' });
      return z.NEVER;
    }),
  ]),
});

const message = z.union([
  authorization,
  listening,
  tradeUpdate.transform(({ data }): StreamMessage => ({ kind: 'trade-update', update: data })),
]);

/** @throws ContractViolation for what is none. Its text is not repeated: it may hold what we sent. */
export function streamMessage(frame: string): StreamMessage {
  const parsed = message.safeParse(tryParseJson(frame));
  if (parsed.success) return parsed.data;
  throw new ContractViolation('a message of the trade-update stream is what Alpaca documents', { issues: parsed.error.message });
}
