import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Report } from '../../../schemas/index.js'
import { mutants } from '../../mutants/index.js'
import { reportFault } from '../../mutants/judge-mutant.js'
import { launchChromium } from '../../site/chromium.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { encodeHtml } from '../html/encode-html.js'

// The page in a real browser, where there is one.

const browser = await launchChromium()
if (browser === undefined) {
  t.pass('no Chromium is installed, and CHROMIUM_PATH names none', { skip: true })
  process.exit()
}
t.teardown(() => browser.close())

const { fault } = mutants.find(({ name }) => name === 'without-record.replay')!
const report: Report = await reportFault(fault, {
  only: ['record.replay', 'record.tag', 'batch.in-order', 'session.age', 'ws.endpoint'],
  transports: ['http', 'ws'],
})
const path = join(t.testdir(), 'report.html')
writeFileSync(path, encodeHtml(report, loadRequirementSet().requirements))

/** The page as it is opened with a fragment. Whatever it complains of, or asks for elsewhere, fails the test. */
const open = async (t: Test, fragment = '', options: BrowserContextOptions = {}, file = path): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('console', message => t.fail(`console: ${message.text()}`))
  page.on('pageerror', error => t.fail(error.message))
  page.on('request', request => request.url().startsWith('file:') || t.fail(`a request for ${request.url()}`))
  await page.goto(`${pathToFileURL(file).href}${fragment}`)
  return page
}

const stateCount = (state: string): number => report.results.filter(result => result.state === state).length
const indexOf = (check: string, transport: string): number =>
  report.results.findIndex(result => result.check === check && result.transport === transport)
const shown = (page: Page): Promise<number> => page.locator('.group .check:visible').count()

t.test('it opens without a word, small, and asks nobody for anything', async t => {
  const page = await open(t)
  t.equal(await page.locator('h1').innerText(), '✗ Not conformant')
  t.equal(await shown(page), report.results.length)
  t.equal(await page.locator('.exchange').count(), 0, 'no transcript is there before it is asked for')
})

t.test('filters say how many there are, and stand in the address', async t => {
  const page = await open(t)
  await page.locator('.chip.fail').click()
  t.equal(await shown(page), stateCount('fail'))
  t.equal(await page.locator('#shown').innerText(), `${stateCount('fail')} of ${report.results.length} checks`)
  await page.locator('.chip[data-over=ws]').click()
  const both = report.results.filter(({ state, transport }) => state === 'fail' && transport === 'ws').length
  t.equal(await shown(page), both)
  t.equal(await page.locator('.chip.fail b').innerText(), String(both))
  await page.fill('#text', 'REPLAY behind')
  t.equal(await shown(page), 1)
  await page.reload()
  t.equal(await shown(page), 1, 'after a reload')
  t.equal(await page.inputValue('#text'), 'REPLAY behind')
  t.match(page.url(), /#state=fail&over=ws&text=REPLAY\+behind$/)
  await page.locator('#clear').click()
  t.equal(await shown(page), report.results.length)
  await page.selectOption('#chapter', 'batch')
  t.equal(await shown(page), report.results.filter(({ requirement }) => requirement.startsWith('batch.')).length)
  t.equal(await page.locator('.group:visible').count(), 1, 'chapters without a check are not shown')
})

t.test('a count leads to its checks, a cell to its check, a link keeps the filter', async t => {
  const page = await open(t)
  await page.locator('.tile.fail').click()
  t.equal(await shown(page), stateCount('fail'))
  const index = indexOf('record.replay', 'ws')
  await page.locator(`#failures a[href="#check-${index}"]`).click()
  t.equal(await page.locator(`#check-${index}`).getAttribute('open'), '')
  t.match(page.url(), new RegExp(`#state=fail&check=${index}$`))
  await page.reload()
  t.ok(await page.locator(`#check-${index} .exchange`).count())
  const passed = report.results.findIndex(({ state }) => state === 'pass')
  await page.evaluate(`location.hash = '#check-${passed}'`)
  await page.locator(`#check-${passed} .exchange`).first().waitFor()
  await page.goBack()
})

/** Opens an exchange, whose inside is made once it is open. */
const textInside = async (exchange: Locator): Promise<string> => {
  await exchange.locator('summary').first().click()
  await exchange.locator('.inside').first().waitFor()
  return exchange.innerText()
}

t.test('a check shows what was exchanged, and what was inside the records', async t => {
  const index = indexOf('record.replay', 'http')
  const page = await open(t, `#check-${index}`)
  const check = page.locator(`#check-${index}`)
  const [first] = report.results[index]!.cases
  t.equal(await check.locator('.case').count(), report.results[index]!.cases.length)
  t.equal(await check.locator('.case').first().locator('.exchange').count(), first!.transcript.length)
  const at = first!.transcript.findIndex(({ step }) => step === 'fault')
  const exchange = check.locator('.case').first().locator('.exchange').nth(at)
  const text = await textInside(exchange)
  const { request, sealed, opened } = first!.transcript[at]!
  const dumped = (hex: string): string => hex.replace(/../g, '$& ').trim()
  for (const part of [
    '→ request to the target',
    '← response of the target',
    'method' in request ? `POST ${request.url}` : '',
    'content-type',
    '"task_id": "sage/ping@v1"',
    `record ${sealed!.seq}, plaintext of 16 bytes`,
    dumped(sealed!.plaintext),
    dumped(opened!.plaintext),
  ])
    t.ok(text.includes(part), part)
  await exchange.locator('.aad summary').first().click()
  t.match(await exchange.locator('.aad pre').innerText(), /sage\/request\|v1/)
})

t.test('frames, places of batches and lines of streams are shown', async t => {
  const page = await open(t)
  const textOf = async (check: string, transport: string, has: string): Promise<string> => {
    const index = indexOf(check, transport)
    await page.evaluate(`location.hash = '#check-${index}'`)
    const exchange = page.locator(`#check-${index} .exchange`, { hasText: has }).last()
    return textInside(exchange)
  }
  t.match(await textOf('record.replay', 'ws', 'fault'), /connection 0; waits for: answer[^]*text frame, masked with/)
  t.match(await textOf('batch.in-order', 'http', 'batch'), /places of the batch[^]*plaintext of 16 bytes/)
})

t.test('of a client, it is the requests that come and the responses that go', async t => {
  const file = join(t.testdir(), 'client.html')
  writeFileSync(file, encodeHtml({ ...report, command: 'run-client' }, loadRequirementSet().requirements))
  const page = await open(t, `#check-${indexOf('record.replay', 'http')}`, {}, file)
  await page.locator('.exchange summary').first().click()
  t.strictSame(await page.locator('.side h4').allInnerTexts(), ['← request of the client', '→ response of the suite'])
})

t.test('the keyboard walks through the checks', async t => {
  const page = await open(t, '#state=fail')
  const focused = (): Promise<unknown> => page.evaluate("document.activeElement.closest('details.check')?.id")
  const failed = report.results.flatMap(({ state }, index) => (state === 'fail' ? [`check-${index}`] : []))
  const inPage = await page.evaluate(
    "[...document.querySelectorAll('.group .check:not([hidden])')].map(each => each.id)",
  )
  t.strictSame([...(inPage as string[])].sort(), failed.sort())
  const [first, second] = inPage as string[]
  await page.keyboard.press('j')
  t.equal(await focused(), first)
  await page.keyboard.press('ArrowDown')
  t.equal(await focused(), second)
  await page.keyboard.press('k')
  t.equal(await focused(), first)
  await page.keyboard.press('Enter')
  t.equal(await page.locator(`#${first}`).getAttribute('open'), '')
  await page.keyboard.press('Escape')
  t.equal(await page.locator(`#${first}`).getAttribute('open'), null)
  await page.keyboard.press('/')
  t.equal(await page.evaluate('document.activeElement.id'), 'text')
  await page.keyboard.type('jk?')
  t.equal(await page.inputValue('#text'), 'jk?')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  t.ok(await page.locator('dialog').isVisible())
  await page.keyboard.press('Escape')
  t.notOk(await page.locator('dialog').isVisible())
})

t.test('light and dark are those of the system until one says otherwise', async t => {
  const page = await open(t, '', { colorScheme: 'dark' })
  const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
  t.equal(await background(), 'rgb(15, 18, 22)')
  await page.locator('#theme').click()
  t.equal(await background(), 'rgb(246, 247, 249)')
  t.equal(await page.locator('#theme').getAttribute('aria-label'), 'show the page dark')
})

/** Of each text that is shown: its contrast with what is behind it, WCAG 2.2. Those that are too faint. */
const faintTexts = `(() => {
  const parse = text => {
    const [, kind, inside] = /^(rgba?|color)\\((.*)\\)$/.exec(text)
    const numbers = inside.replace('srgb', '').split(/[\\s,/]+/).filter(Boolean).map(Number)
    const scale = kind === 'color' ? 1 : 255
    return { rgb: numbers.slice(0, 3).map(each => each / scale), alpha: numbers[3] ?? 1 }
  }
  const luminance = ([r, g, b]) => {
    const linear = each => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
  }
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const { rgb, alpha } = parse(getComputedStyle(at).backgroundColor)
      if (alpha === 1) return rgb
    }
    return [1, 1, 1]
  }
  const found = []
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '')
    if (!own || !element.checkVisibility({ checkOpacity: true }) || element.closest('svg')) continue
    const [text, back] = [parse(getComputedStyle(element).color).rgb, behind(element)].map(luminance)
    const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05)
    if (contrast < 4.5) found.push(element.className + ' ' + element.textContent.trim().slice(0, 30) + ': ' + contrast.toFixed(2))
  }
  return [...new Set(found)]
})()`

/** Opens everything that there is in one check, and all else that is not a check. */
const openAll = async (page: Page): Promise<void> => {
  await page.evaluate("for (const each of document.querySelectorAll('details:not(.check)')) each.open = true")
  await page.locator('.exchange .record').first().waitFor()
}

t.test('every text stands out from its background, light and dark', async t => {
  const page = await open(t, `#state=fail&check=${indexOf('record.replay', 'http')}`)
  await openAll(page)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    t.strictSame(await page.evaluate(faintTexts), [], colorScheme)
  }
})

t.test('every control has a name, and what is drawn is told in words', async t => {
  const page = await open(t, `#check-${indexOf('record.replay', 'http')}`)
  const nameless =
    await page.evaluate(`[...document.querySelectorAll('button, a, input, select, summary, [tabindex="0"]')]
    .filter(each => !(each.getAttribute('aria-label') || each.textContent.trim()) && !each.matches('pre'))
    .map(each => each.outerHTML)`)
  t.strictSame(nameless, [])
  t.equal(await page.evaluate("document.querySelectorAll('svg:not([aria-hidden=true])').length"), 0)
  t.equal(await page.evaluate("document.querySelectorAll('h1').length"), 1)
  t.equal(await page.evaluate('document.documentElement.lang'), 'en')
})

t.test('nothing is wider than the page', async t => {
  const page = await open(t, `#check-${indexOf('record.replay', 'ws')}`)
  await openAll(page)
  for (const width of [360, 800, 1440]) {
    await page.setViewportSize({ width, height: 800 })
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
  }
})

t.test('without JavaScript it says the verdict and what went wrong', async t => {
  const page = await open(t, '', { javaScriptEnabled: false })
  t.equal(await page.locator('h1').innerText(), '✗ Not conformant')
  t.match(
    await page.locator('#failures').innerText(),
    /record\.replay[^]*A receiver MUST reject[^]*sage-conformance run/,
  )
  t.notOk(await page.locator('#filter').isVisible())
  t.notOk(await page.locator('#tools').isVisible())
  const check = page.locator(`#check-${indexOf('record.replay', 'http')}`)
  await check.locator('summary').click()
  t.match(await check.innerText(), /the same bytes again/)
})

t.test('what a hostile agent says is shown as text, and what cannot be seen by its code point', async t => {
  const hostile = '</script><img src=x onerror=alert(1)><b>\u202etxet\u0007\ud800'
  const index = indexOf('record.replay', 'http')
  const changed = JSON.stringify(report, (name, value: unknown) =>
    ['body', 'what', 'judged', 'observed', 'name', 'plaintext'].includes(name) ? hostile : value,
  )
  const file = join(t.testdir(), 'hostile.html')
  writeFileSync(file, encodeHtml(JSON.parse(changed) as Report, loadRequirementSet().requirements))
  const page = await open(t, `#check-${index}`, {}, file)
  await page.evaluate("for (const each of document.querySelectorAll('.check[open] details')) each.open = true")
  const bodies = page.locator(`#check-${index} .side pre`)
  await bodies.first().waitFor()
  t.equal(await bodies.first().textContent(), '</script><img src=x onerror=alert(1)><b>\\u{202e}txet\\u{7}\\u{d800}')
  t.equal(await page.locator('img').count(), 0)
})

t.test('a body without end is shown as far as one asks', async t => {
  const index = indexOf('record.replay', 'http')
  const long = 'a'.repeat(10_000_000)
  const changed = JSON.stringify(report, (name, value: unknown) => (name === 'body' && value !== '' ? '' : value))
  const results = (JSON.parse(changed) as Report).results
  const [exchange] = results[index]!.cases[0]!.transcript
  exchange!.response!.body = long
  const file = join(t.testdir(), 'long.html')
  writeFileSync(file, encodeHtml({ ...report, results }, loadRequirementSet().requirements))
  const page = await open(t, `#check-${index}`, {}, file)
  await page.locator('.exchange summary').first().click()
  const body = page.locator('.exchange .response pre')
  t.equal((await body.textContent())?.length, 20_000)
  t.equal(await page.locator('.all').innerText(), 'show all 10000000 characters')
})
