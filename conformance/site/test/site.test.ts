import t from 'tap'
import { attribute, elementsOf, parsePage, textOf, type Element, type Page } from '../../report/test/html-page.js'
import { withoutLinks } from '../../report/text.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { readApi, undocumented } from '../api/read-api.js'
import { buildSite } from '../build-site.js'
import { linkFrom, requirementPath } from '../page.js'
import { rank, type Entry } from '../rank.js'
import { renderMarkdown } from '../render-markdown.js'

// The whole site, as a browser reads it.

const { files, findings } = await buildSite()
const { requirements } = loadRequirementSet()

const pages = new Map<string, Page>(
  [...files].flatMap(([path, content]) =>
    path.endsWith('.html') && typeof content === 'string' ? [[path, parsePage(content)]] : [],
  ),
)
const idsOf = ({ elements }: Page): string[] => elements.flatMap(each => attribute(each, 'id') ?? [])
const anchors = new Map([...pages].map(([path, page]) => [path, new Set(idsOf(page))]))

/** What a page refers to: by links, pictures, scripts and styles. */
const referencesOf = ({ elements }: Page): string[] =>
  elements.flatMap(each => ['href', 'src'].flatMap(name => attribute(each, name) ?? []))

const insideOf = (page: Page, tag: string, className?: string): Element[] =>
  page.elements.filter(
    each => each.tagName === tag && (className === undefined || attribute(each, 'class') === className),
  )

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim()

t.test('it is made of sources without a fault: no dead link, no export without a docstring', async t => {
  t.strictSame(findings, [])
})

t.test('every page is HTML without an error, with one title, and each anchor once', async t => {
  for (const [path, page] of pages) {
    const ids = idsOf(page)
    const ok = page.errors.length === 0 && insideOf(page, 'h1').length === 1 && new Set(ids).size === ids.length
    if (!ok) t.fail(`${path}: ${page.errors.join(', ')} ${ids.filter((id, at) => ids.indexOf(id) < at).join(', ')}`)
  }
  t.ok(pages.size > requirements.length)
})

t.test('every link leads to a page and an anchor of the site, and is relative', async t => {
  let links = 0
  for (const [path, page] of pages)
    for (const reference of referencesOf(page)) {
      if (/^https:\/\//.test(reference)) continue
      links += 1
      const [target = '', anchor] = reference.split('#')
      const url = new URL(target, `file:///root/${path}`)
      const to = target === '' ? path : decodeURI(url.pathname).replace(/^\/root\//, '')
      const isThere = files.has(to) && (anchor === undefined || anchors.get(to)?.has(decodeURIComponent(anchor)))
      if (!isThere || /^[a-z]+:|^\//.test(reference)) t.fail(`${path}: ${reference} leads nowhere`)
    }
  t.ok(links > 10_000)
})

t.test('nothing is loaded from elsewhere, and no script or style stands in a page', async t => {
  for (const [path, page] of pages) {
    const loading = page.elements.filter(({ tagName }) => ['script', 'link', 'img', 'iframe'].includes(tagName))
    for (const each of loading) {
      const from = attribute(each, 'src') ?? attribute(each, 'href')
      if (from === undefined || /^(?:[a-z]+:|\/)/.test(from)) t.fail(`${path} loads ${from}`)
    }
    const inline = page.elements.filter(each => each.attrs.some(({ name }) => /^on|^style$/.test(name)))
    if (inline.length > 0 || insideOf(page, 'style').length > 0) t.fail(`${path} has script or style of its own`)
  }
})

t.test('every page can be reached from the first', async t => {
  const reached = new Set(['index.html'])
  for (const path of reached)
    for (const reference of referencesOf(pages.get(path)!)) {
      const to = new URL(reference, `file:///root/${path}`).pathname.replace(/^\/root\//, '')
      if (pages.has(to)) reached.add(to)
    }
  t.strictSame(
    [...pages.keys()].filter(path => !reached.has(path)),
    [],
  )
})

t.test('every requirement has a page with its sentence, word for word, and stands in its chapter', async t => {
  for (const { id, text, chapter, level } of requirements) {
    const page = pages.get(requirementPath(id))
    const [sentence] = page ? insideOf(page, 'blockquote', 'sentence') : []
    const plain = withoutLinks(text).replaceAll('`', '')
    t.equal(sentence && folded(textOf(sentence)), plain, id)
    t.equal(sentence && elementsOf(sentence).filter(each => attribute(each, 'class') === 'level').length, 1, level)
    t.ok(anchors.get(`spec/${chapter}.html`)?.has(id), `${id} is an anchor of its chapter`)
  }
})

t.test('a page says what judges its requirement, what proves that, and what the reference came to', async t => {
  const page = pages.get('req/record.tag.html')!
  const [main] = insideOf(page, 'main')
  const text = folded(textOf(main!))
  t.match(text, /record\.tag\/other-key judges a responder · over http and ws/)
  t.match(text, /the key of the other direction/, 'a case')
  t.match(text, /tag-ignored accepted/, 'a mutant, with what it came to')
  t.match(text, /vectors\/records\.json \d+ tests?/)
  t.match(text, /record\.tag default ✓ pass ?✓ pass/)
  t.match(text, /sage-conformance run URL --only record\.tag/)
  t.match(textOf(insideOf(pages.get('req/handshake.no-forgetting.html')!, 'main')[0]!), /needs 590 s to pass/)
})

t.test('what a text quotes is escaped, and HTML in it is shown and not made', async t => {
  const said = '- **a.b** An agent MUST answer `<a & "b">` where 1 < 2 & <b>x</b>.\n\n<script>alert(1)</script>\n'
  const surroundings = {
    resolve: (href: string) => href,
    explained: (id: string) => (id === 'a.b' ? 'req/a.b.html' : undefined),
  }
  const { body } = renderMarkdown(said, surroundings)
  const page = parsePage(`<!doctype html><title>t</title>${body.text}`)
  t.strictSame(page.errors, [])
  t.strictSame(insideOf(page, 'script'), [])
  t.equal(insideOf(page, 'b').length, 1, 'the key word and nothing else')
  t.equal(textOf(insideOf(page, 'code')[0]!), '<a & "b">')
  t.match(textOf(insideOf(page, 'li')[0]!), 'where 1 < 2 & <b>x</b>.')
})

t.test('an id that a text names as code leads to its page, but not inside of another link', async t => {
  const { body } = renderMarkdown('`a.b` and `c.d`, [see `a.b`](x.md)\n', {
    resolve: href => href,
    explained: id => (id === 'a.b' ? 'req/a.b.html' : undefined),
  })
  const page = parsePage(`<!doctype html><title>t</title>${body.text}`)
  t.strictSame(
    insideOf(page, 'a').map(each => attribute(each, 'href')),
    ['req/a.b.html', 'x.md'],
  )
})

t.test('headings have the anchors that GitHub gives them, each once', async t => {
  const { headings } = renderMarkdown('# A `b` & c\n\n## Same\n\nfirst\n\n## Same\n\nsecond\n', {
    resolve: href => href,
  })
  t.strictSame(
    headings.map(({ id, said }) => [id, said]),
    [
      ['a-b--c', ''],
      ['same', 'first'],
      ['same-1', 'second'],
    ],
  )
})

t.test('a link is made from where it stands', async t => {
  t.equal(linkFrom('index.html', 'spec/session.html'), 'spec/session.html')
  t.equal(linkFrom('spec/decisions/0001.html', 'spec/session.html#records'), '../session.html#records')
  t.equal(linkFrom('req/a.b.html', 'site.css'), '../site.css')
  t.equal(linkFrom('spec/session.html', 'spec/session.html#records'), '#records')
})

const entries = (): Entry[] => {
  const script = files.get('search-index.js') as string
  return JSON.parse(script.slice(script.indexOf('['))) as Entry[]
}

t.test('an id that is typed as it is comes first, and everything found is there', async t => {
  const all = entries()
  for (const { id } of requirements) t.equal(rank(id, all, 5)[0]?.path, requirementPath(id), id)
  t.equal(rank('record.tag/other-key', all, 1)[0]?.path, 'req/record.tag.html#record.tag/other-key')
  t.equal(rank('createIdentity', all, 1)[0]?.path, 'api/reference.html#createIdentity')
  t.equal(rank('key schedule', all, 1)[0]?.path, 'spec/session.html#key-schedule')
  t.equal(rank('nonce accepted last 600 seconds', all, 1)[0]?.path, 'req/handshake.nonce-single-use.html')
  t.strictSame(rank('  ', all, 9), [])
  t.strictSame(rank('no-such-word-anywhere', all, 9), [])
  for (const { path } of all) {
    const [page = '', anchor] = path.split('#')
    if (!files.has(page) || (anchor !== undefined && !anchors.get(page)?.has(anchor))) t.fail(path)
  }
})

t.test('an export without a docstring is a finding', async t => {
  const api = readApi()
  t.strictSame(undocumented(api), [])
  const [first] = api
  const [item] = first!.items
  const silent = { specifier: 'x', items: [{ ...item!, doc: '', members: [] }] }
  t.strictSame(undocumented([silent]), [`x: ${item!.name}`])
})

t.test('the same sources make the same bytes', async t => {
  const again = await buildSite()
  for (const [path, content] of again.files) if (String(files.get(path)) !== String(content)) t.fail(path)
  t.equal(again.files.size, files.size)
})
