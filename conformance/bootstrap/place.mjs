import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

// Nothing in this folder may need anything but Node itself: it runs before anything is installed or built.

/** Absolute path of the project. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Ends the process with one clear line. */
export const giveUp = (line, status = 1) => {
  console.error(line)
  process.exit(status)
}
