/** Members of a request body that hold a number: Alpaca takes each as text and as a number, and says so in these words when it is none. */
import { ContractViolation } from '../../shared/kernel/errors.ts';
import { type MicroUsd, microUsdText, parseMicroUsd } from '../../shared/kernel/money.ts';
import { type ApiRefusal, malformed, unacceptable } from './api-refusal.ts';
import { isOnTick } from './matching.ts';

/** A price above zero and on a tick, there exactly when it is wanted. */
export function readPrice(
  member: 'limit_price' | 'stop_price',
  wanted: boolean,
  type: string,
  body: Readonly<Record<string, unknown>>,
): MicroUsd | undefined | ApiRefusal {
  const given = body[member];
  const words = member.replace('_', ' ');
  if (given == null) return wanted ? malformed(`${type} orders require a ${words}`) : undefined;
  if (!wanted) return malformed(`${type} orders must not have a ${words}`);
  const price = decimal(given, parseMicroUsd);
  if (price === undefined) return malformed(`invalid ${member}`);
  if (price <= 0n) return malformed(`${words} must be > 0`);
  if (!isOnTick(price))
    return unacceptable(`invalid ${member} ${microUsdText(price)}. sub-penny increment does not fulfill minimum pricing criteria`);
  return price;
}

/** Undefined for what is no number. */
export function decimal<Fixed extends bigint>(given: unknown, parse: (text: string) => Fixed): Fixed | undefined {
  if (typeof given !== 'string' && typeof given !== 'number') return undefined;
  try {
    return parse(String(given));
  } catch (error) {
    if (error instanceof ContractViolation) return undefined;
    throw error;
  }
}
