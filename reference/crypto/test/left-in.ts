/** How many elements of the typed arrays that an object holds, however deep, are not zero. */
export const leftIn = (value: unknown): number => {
  if (value instanceof Uint8Array || value instanceof Int32Array) return value.filter(element => element !== 0).length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce<number>((left, member) => left + leftIn(member), 0)
}
