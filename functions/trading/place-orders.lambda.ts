export const handler = async (): Promise<string> => 'trading/place-orders';
