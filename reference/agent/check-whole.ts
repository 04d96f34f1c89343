import { SageError } from '../bytes/sage-error.js'

/** What a timer can wait at most, in milliseconds. */
const MAX = 2 ** 31 - 1

/**
 * Are the options of this object whole numbers from `least` on, where they are there?
 * @throws SageError `configuration`, naming the first that is not
 */
export const checkWhole = (least: number, options: Readonly<Record<string, number | undefined>>): void => {
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= MAX))
      throw new SageError('configuration', `${name} is a whole number from ${least} to ${MAX}`)
}
