import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const isAlive = pid => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const sleep = milliseconds => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)

const ownerOf = path => {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}

/**
 * Runs `work` while no other process runs any under the same file. The file names its owner: one that has died
 * leaves nothing locked. Waits up to `patience` milliseconds, then throws.
 */
export const oneAtATime = (path, onWait, work, patience = 600_000) => {
  mkdirSync(dirname(path), { recursive: true })
  for (let waited = 0; ; waited += 100) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const owner = ownerOf(path)
      if (waited >= patience) throw new Error(`another preparation does not end; if there is none, delete ${path}`)
      if (owner > 0 && !isAlive(owner)) rmSync(path, { force: true })
      else if (waited === 0) onWait()
      sleep(100)
    }
  }
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}
