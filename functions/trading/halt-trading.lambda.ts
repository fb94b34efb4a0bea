export const handler = async (): Promise<string> => 'trading/halt-trading';
