/** Overwrites secrets that have served. The caller must hold the only use of each of them. */
export const erase = (...secrets: readonly Uint8Array[]): void => {
  for (const secret of secrets) secret.fill(0)
}
