export const handler = async (): Promise<string> => 'audit/archive-audit';
