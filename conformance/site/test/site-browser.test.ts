import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { buildSite } from '../build-site.js'
import { launchChromium } from '../chromium.js'

// The site in a real browser, where there is one: opened as files, and from a server that has it below a path.

const browser = await launchChromium()
if (browser === undefined) {
  t.pass('no Chromium is installed, and CHROMIUM_PATH names none', { skip: true })
  process.exit()
}
t.teardown(() => browser.close())

const folder = t.testdir({})
const { files } = await buildSite()
for (const [path, content] of files) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
}
const BELOW = '/some/where/'
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://x').pathname
  const file = path.startsWith(BELOW) ? path.slice(BELOW.length) : ''
  if (!files.has(file)) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-type': types[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream' })
  response.end(readFileSync(join(folder, file)))
}).listen(0, '127.0.0.1')
await new Promise(resolve => server.once('listening', resolve))
t.teardown(() => server.close())

const bases = {
  'as files': `${pathToFileURL(folder).href}/`,
  'below a path of a server': `http://127.0.0.1:${(server.address() as AddressInfo).port}${BELOW}`,
}

/** A page of the site. What it complains of, or asks for elsewhere, fails the test. */
const open = async (t: Test, base: string, path: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('console', message => t.fail(`console: ${message.text()}`))
  page.on('pageerror', error => t.fail(error.message))
  page.on('request', request => {
    if (!request.url().startsWith(base)) t.fail(`a request for ${request.url()}`)
  })
  await page.goto(`${base}${path}`)
  return page
}

for (const [name, base] of Object.entries(bases))
  t.test(`opened ${name}, it is searched with the keyboard and leads to what was found`, async t => {
    const page = await open(t, base, 'spec/session.html')
    await page.keyboard.press('/')
    await page.keyboard.type('record.replay')
    await page.waitForSelector('#results [role=option]')
    t.equal(await page.locator('#results [aria-selected=true] .title').innerText(), 'record.replay')
    t.equal(await page.locator('#search').getAttribute('aria-expanded'), 'true')
    await page.keyboard.press('Enter')
    await page.waitForURL(/req\/record\.replay\.html$/)
    t.equal(await page.locator('h1').innerText(), 'record.replay')
    await page.locator('.trail a', { hasText: 'session' }).click()
    t.match(page.url(), /spec\/session\.html$/)
  })

t.test('the second of what was found is reached by an arrow, and Escape closes it', async t => {
  const page = await open(t, bases['as files'], 'index.html')
  await page.keyboard.press('/')
  await page.keyboard.type('record.tag')
  await page.waitForSelector('#results [role=option]')
  await page.keyboard.press('ArrowDown')
  t.equal(await page.locator('#results [aria-selected=true]').getAttribute('id'), 'result-1')
  t.equal(await page.locator('#search').getAttribute('aria-activedescendant'), 'result-1')
  await page.keyboard.press('Escape')
  t.notOk(await page.locator('#results').isVisible())
  await page.keyboard.press('/')
  await page.keyboard.type('x-no-such-thing-at-all')
  t.match(await page.locator('#results').innerText(), 'Nothing is called so.')
})

t.test('what is searched for is text, whatever it says', async t => {
  const page = await open(t, bases['as files'], 'index.html')
  await page.fill('#search', '<img src=x onerror=alert(1)>')
  await page.waitForSelector('#results li')
  t.equal(await page.locator('#results img').count(), 0)
})

const widths = { phone: 390, tablet: 900, desk: 1440 }
const shown = [
  'index',
  'spec/stream',
  'req/record.tag',
  'api/reference',
  'conformance/compatibility',
  'reference/bench/index',
]

t.test('no page is wider than the screen, by day and by night', async t => {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [name, width] of Object.entries(widths)) {
      const page = await open(t, bases['as files'], 'index.html', { viewport: { width, height: 800 }, colorScheme })
      for (const path of shown) {
        await page.goto(`${bases['as files']}${path}.html`)
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        t.ok(Number(over) <= 0, `${path} on a ${name} (${colorScheme})`)
      }
    }
})

t.test('on a phone the navigation is closed until it is asked for; printed it is not there', async t => {
  const page = await open(t, bases['as files'], 'spec/session.html', { viewport: { width: 390, height: 800 } })
  t.notOk(await page.locator('.menu nav').isVisible())
  await page.locator('.menu summary').click()
  t.ok(await page.locator('.menu nav').isVisible())
  await page.emulateMedia({ media: 'print' })
  t.notOk(await page.locator('.menu').isVisible())
  t.notOk(await page.locator('.bar').isVisible())
})

t.test('the theme that is chosen stays, on the next page too', async t => {
  const page = await open(t, bases['below a path of a server'], 'index.html', { colorScheme: 'light' })
  const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const day = await background()
  await page.locator('#theme').click()
  t.equal(await page.locator('#theme').innerText(), 'light')
  const night = await background()
  t.not(night, day)
  await page.goto(`${bases['below a path of a server']}spec/http.html`)
  t.equal(await background(), night)
})

t.test('text has contrast enough, by day and by night', async t => {
  const least = `(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    const rgb = colour => {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      return [...canvas.getImageData(0, 0, 1, 1).data]
    }
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
    const behind = element => {
      for (let at = element; at; at = at.parentElement) {
        const colour = rgb(getComputedStyle(at).backgroundColor)
        if (colour[3] === 255) return colour
      }
    }
    const ratios = [...document.querySelectorAll('main *, .menu a, .menu h2, .contents a')]
      .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '') && each.checkVisibility({ opacityProperty: true }))
      .map(each => [light(rgb(getComputedStyle(each).color)), light(behind(each))].sort((a, b) => b - a))
      .map(([more, less]) => (more + 0.05) / (less + 0.05))
    return Math.min(...ratios)
  })()`
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open(t, bases['as files'], 'req/record.tag.html', { colorScheme })
    t.ok(Number(await page.evaluate(least)) >= 4.5, colorScheme)
  }
})
