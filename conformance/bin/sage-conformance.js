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
  process.exitCode = await main(process.argv.slice(2))
} else {
  console.error('sage-conformance is not built: npm run build')
  process.exitCode = 4
}
