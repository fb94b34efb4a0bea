/** Environment variables by the names the templates give them. An absent one is our own mistake and says which. */
import { InvariantViolation } from '../kernel/errors.ts';
import type { RuntimeHost } from './host.ts';

export function required(host: RuntimeHost, name: string): string {
  const value = host.env[name];
  if (value === undefined || value === '')
    throw new InvariantViolation(`the environment holds ${name}: the stack grants it together with the permission`, { name });
  return value;
}
