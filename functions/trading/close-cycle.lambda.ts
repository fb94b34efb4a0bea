export const handler = async (): Promise<string> => 'trading/close-cycle';
