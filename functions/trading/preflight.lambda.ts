export const handler = async (): Promise<string> => 'trading/preflight';
