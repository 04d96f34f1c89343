import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium of this machine, where it has one or CHROMIUM_PATH names one. */
export const launchChromium = async (): Promise<Browser | undefined> => {
  const executablePath = places.find(path => path !== undefined && existsSync(path))
  return executablePath === undefined ? undefined : chromium.launch({ executablePath, args })
}
