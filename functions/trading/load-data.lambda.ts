export const handler = async (): Promise<string> => 'trading/load-data';
