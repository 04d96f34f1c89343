import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../../cli.js'
import { parseSite } from '../../commands/report-option.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { ConsoleReport } from '../console.js'
import { formats, type FormatName } from '../formats.js'
import { encodeJson } from '../json.js'
import { publishedSite, requirementUrl, siteOf } from '../published-site.js'
import { attribute, parsePage } from './html-page.js'
import { sampleReport, sampleResult } from './sample.js'

// Every report leads to the page of a requirement, where it is known that there is one.

const SITE = 'https://owner.github.io/name/'
const ID = 'record.any-order'
const URL_OF_ID = `${SITE}req/record.any-order.html`

const { requirements } = loadRequirementSet()
const report = sampleReport({ results: [sampleResult(ID, 'fail', { observed: 'nothing' })] })

t.test('a site is the homepage of a package, or where GitHub puts that of its repository', async t => {
  const sites: [described: Parameters<typeof siteOf>[0], site: string | undefined][] = [
    [{}, undefined],
    [{ homepage: 'https://sage.example/docs/' }, 'https://sage.example/docs/'],
    [{ homepage: 'https://sage.example/docs/index.html#readme' }, 'https://sage.example/docs/'],
    [{ homepage: 'https://sage.example', repository: 'a/b' }, 'https://sage.example/'],
    [{ repository: 'github:Owner/name' }, SITE],
    [{ repository: 'owner/name' }, SITE],
    [{ repository: { url: 'git+https://github.com/owner/name.git' } }, SITE],
    [{ repository: { url: 'git@github.com:owner/name.git' } }, SITE],
    [{ repository: { url: 'https://github.com/owner/Owner.github.io' } }, 'https://owner.github.io/'],
    [{ repository: { url: 'https://git.example/owner/name.git' } }, undefined],
    [{ repository: {} }, undefined],
  ]
  for (const [described, site] of sites) t.equal(siteOf(described), site, JSON.stringify(described))
})

t.test('an id is no more than one step of a path', async t => {
  t.equal(requirementUrl(SITE, '../a b'), `${SITE}req/..%2Fa%20b.html`)
})

const withLinks = (Object.keys(formats) as FormatName[]).filter(name => name !== 'json' && name !== 'badge')

t.test('each format for people and for their tools leads there, and nowhere without a site', async t => {
  for (const format of withLinks) {
    t.ok(formats[format](report, requirements, SITE).includes(URL_OF_ID), format)
    t.notOk(formats[format](report, requirements).includes('req/record.any-order'), `${format}, without a site`)
  }
})

t.test('SARIF has it as the help of the rule, Markdown as a link', async t => {
  const log = JSON.parse(formats.sarif(report, requirements, SITE)) as {
    readonly runs: readonly [{ readonly tool: { readonly driver: { readonly rules: readonly object[] } } }]
  }
  t.match(log.runs[0].tool.driver.rules[0], { id: ID, helpUri: URL_OF_ID })
  t.match(formats.markdown(report, requirements, SITE), `](<${URL_OF_ID}>)`)
})

t.test('the page has links to follow, and still loads nothing', async t => {
  const page = parsePage(formats.html(report, requirements, SITE))
  t.strictSame(page.errors, [])
  const links = page.elements.filter(({ tagName }) => tagName === 'a').map(each => attribute(each, 'href') ?? '')
  t.ok(links.filter(href => href === URL_OF_ID).length >= 2)
  t.ok(links.every(href => href.startsWith('#') || href.startsWith(`${SITE}req/`)))
  t.notOk(page.elements.some(({ tagName }) => ['link', 'img', 'iframe'].includes(tagName)))
})

t.test('a requirement that is none is linked nowhere', async t => {
  const strange = sampleReport({ results: [sampleResult('../../evil' as typeof ID, 'fail')] })
  for (const format of withLinks) t.notOk(formats[format](strange, requirements, SITE).includes(`${SITE}req/`), format)
})

t.test('the console says it beside the place of the sentence', async t => {
  const linesOf = (site: string | undefined): string => {
    let shown = ''
    const screen = { write: (text: string) => void (shown += text), isTerminal: false, colour: false, columns: 100 }
    new ConsoleReport(screen, id => requirements.find(each => each.id === id), site).end(report, () => 'again')
    return shown
  }
  t.match(linesOf(SITE), new RegExp(`spec/session\\.md:\\d+  ${URL_OF_ID}\n`))
  t.match(linesOf(undefined), /spec\/session\.md:\d+\n/)
})

t.test('--site is a base, with or without its last slash, and nothing with a secret in it', async t => {
  t.equal(parseSite('https://sage.example/docs'), 'https://sage.example/docs/')
  t.equal(parseSite('file:///srv/site/'), 'file:///srv/site/')
  t.equal(parseSite(undefined), publishedSite())
  for (const text of ['docs', 'javascript:alert(1)', 'https://a:b@sage.example/', 'https://sage.example/?token=x'])
    t.throws(() => parseSite(text), { name: 'UsageError', message: /^--site takes/ })
})

t.test('the command makes a report with links of one that was kept', async t => {
  const folder = t.testdir({ 'report.json': encodeJson(report) })
  const [from, to] = ['report.json', 'report.html'].map(name => join(folder, name)) as [string, string]
  t.equal(await main(['report', from, '--site', SITE, '--report', `html=${to}`]), 0)
  t.ok(readFileSync(to, 'utf8').includes(URL_OF_ID))
})
