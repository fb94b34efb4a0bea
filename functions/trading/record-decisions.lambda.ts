export const handler = async (): Promise<string> => 'trading/record-decisions';
