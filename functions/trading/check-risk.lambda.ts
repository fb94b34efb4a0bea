export const handler = async (): Promise<string> => 'trading/check-risk';
