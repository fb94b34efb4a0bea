/** The exchange's way of saying no: status, code and message as Alpaca sends them, members beside the message included. */
export interface ApiRefusal {
  readonly kind: 'api-refusal';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: { readonly message: string; readonly code?: number } & Readonly<Record<string, unknown>>;
}

const refusal = (status: number, code: number | undefined, message: string, members: Record<string, unknown> = {}): ApiRefusal => ({
  kind: 'api-refusal',
  status,
  body: { ...members, ...(code !== undefined && { code }), message },
});

export const isApiRefusal = (value: unknown): value is ApiRefusal =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'api-refusal';

export const notAuthorized = (): ApiRefusal => refusal(401, 40110000, 'request is not authorized');
export const forbidden = (): ApiRefusal => refusal(403, undefined, 'forbidden.');
export const notFound = (what: string): ApiRefusal => refusal(404, 40410000, what);
export const malformed = (message: string): ApiRefusal => refusal(422, 40010001, message);
export const unacceptable = (message: string): ApiRefusal => refusal(422, 42210000, message);
export const tradeDenied = (message: string, members?: Record<string, unknown>): ApiRefusal => refusal(403, 40310000, message, members);
export const rateLimited = (): ApiRefusal => refusal(429, 42910000, 'rate limit exceeded');
export const failed = (why: string): ApiRefusal => refusal(500, 50010000, `internal server error: ${why}`);
