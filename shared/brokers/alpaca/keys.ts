/** The keys in use. Keys rotated while we run are refused by Alpaca, and are then read anew: once for a refusal, however many calls met it. */
export interface AlpacaKeys {
  readonly keyId: string;
  readonly secretKey: string;
}

export interface KeyRing {
  current(): AlpacaKeys;
  /** True when there are other keys than the refused ones. Keys that cannot be read now count as not renewed: the refusal stands. */
  renewed(refused: AlpacaKeys): Promise<boolean>;
}

/** Without `readAgain`, keys are what they are. */
export function keyRing(first: AlpacaKeys, readAgain?: () => Promise<AlpacaKeys>): KeyRing {
  let current = first;
  let reading: Promise<void> | undefined;

  const read = async (from: () => Promise<AlpacaKeys>): Promise<void> => {
    const { keyId, secretKey } = await from();
    if (keyId !== current.keyId || secretKey !== current.secretKey) current = { keyId, secretKey };
  };

  return {
    current: () => current,
    renewed: async (refused) => {
      if (current !== refused) return true;
      if (!readAgain) return false;
      reading ??= read(readAgain).finally(() => {
        reading = undefined;
      });
      return await reading.then(
        () => current !== refused,
        () => false,
      );
    },
  };
}
