export const handler = async (): Promise<string> => 'trading/compute-signals';
