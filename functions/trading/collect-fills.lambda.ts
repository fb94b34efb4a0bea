export const handler = async (): Promise<string> => 'trading/collect-fills';
