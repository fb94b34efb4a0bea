export const handler = async (): Promise<string> => 'trading/allocate';
