import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { roomPath } from '../../schemas/index.js'
import { main } from '../cli.js'
import { startResponder } from '../commands/responder-process.js'
import { launchChromium } from './chromium.js'

// `npm run picture`: judges an agent that is wrong in one place, over its URL like any other, and takes a picture of the HTML
// report, by day and by night, for the README.

const SIZE = { width: 1200, height: 860 }
const QUALITY = 72

/** A view of a page as WebP. */
const photograph = async (browser: Browser, path: string, colorScheme: 'light' | 'dark'): Promise<Buffer> => {
  const context = await browser.newContext({ viewport: SIZE, colorScheme, deviceScaleFactor: 1.5 })
  const page = await context.newPage()
  await page.goto(pathToFileURL(path).href)
  const session = await context.newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  await context.close()
  return Buffer.from(data, 'base64')
}

/** The HTML report on an agent, as a file in `folder`. */
const reportIn = async (folder: string): Promise<string> => {
  const mutant = roomPath('conformance', '..', 'dist', 'conformance', 'mutants', 'serve-mutant.js')
  const { url, stop } = await startResponder(process.execPath, [mutant, 'without-record.replay'])
  const path = join(folder, 'report.html')
  try {
    await main(['run', url, '--report', `html=${path}`])
  } finally {
    await stop()
  }
  return path
}

const browser = await launchChromium()
if (browser === undefined) {
  console.error('no Chromium is installed, and CHROMIUM_PATH names none')
  process.exitCode = 3
} else {
  const folder = mkdtempSync(join(tmpdir(), 'sage-picture-'))
  try {
    const report = await reportIn(folder)
    for (const scheme of ['light', 'dark'] as const) {
      const path = roomPath('conformance', 'report', 'html', `report-${scheme}.webp`)
      writeFileSync(path, await photograph(browser, report, scheme))
      console.log(`written ${path}, ${statSync(path).size} bytes`)
    }
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
