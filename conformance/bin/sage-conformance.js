#!/usr/bin/env node
import { existsSync } from 'node:fs'

const cli = new URL('../../dist/conformance/cli.js', import.meta.url)

if (existsSync(cli)) {
  const { main } = await import(cli.href)
  process.exitCode = await main(process.argv.slice(2))
} else {
  console.error('sage-conformance is not built: npm run build')
  process.exitCode = 4
}
