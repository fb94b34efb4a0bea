export const handler = async (): Promise<string> => 'trading/start-cycle';
