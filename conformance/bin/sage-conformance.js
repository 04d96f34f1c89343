#!/usr/bin/env node
import { existsSync } from 'node:fs'

// Node would end with 1, which says that the target is not conformant.
process.on('uncaughtException', error => {
  console.error(`sage-conformance: a fault of the suite itself: ${error?.stack ?? error}`)
  process.exit(4)
})

const cli = new URL('../../dist/conformance/cli.js', import.meta.url)

if (existsSync(cli)) {
  const { main } = await import(cli.href)
  const status = await main(process.argv.slice(2))
  // Told to end, by SIGINT or SIGTERM: whatever is still open is not waited for.
  if (status === 130 || status === 143) process.exit(status)
  process.exitCode = status
} else {
  console.error('sage-conformance is not built: npm run build')
  process.exitCode = 4
}
