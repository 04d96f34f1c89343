import { Marked, type Token, type Tokens } from 'marked'
import { escapeMarkup, Markup } from '../report/html/markup.js'
import { anchorOf } from '../trace/heading-anchor.js'
import type { Heading } from './page.js'

/** What rendering needs to know of what is around a text. */
export interface Surroundings {
  /** Where a link or an image of the text leads, from its page. */
  readonly resolve: (href: string) => string
  /** Where more is said of a requirement or a check, from the page of the text; nothing where there is none of that id. */
  readonly explained?: (id: string) => string | undefined
}

/** A text as HTML. */
export interface Rendered {
  readonly body: Markup
  readonly headings: readonly Heading[]
}

const keyWord = /\b(?:MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b/g

/** All text of tokens, without marks. */
const plainOf = (tokens: readonly Token[] | undefined): string =>
  (tokens ?? [])
    .map(token => {
      if (token.type === 'html') return ''
      if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table
        return [header, ...rows].map(row => row.map(cell => plainOf(cell.tokens)).join(' ')).join(' ')
      }
      if (token.type === 'list') return (token as Tokens.List).items.map(item => plainOf(item.tokens)).join(' ')
      if ('tokens' in token && token.tokens) return plainOf(token.tokens)
      return 'text' in token ? String(token.text) : ' '
    })
    .join('')

/** Each heading with the text under it. Two headings of the same words get different anchors. */
const headingsOf = (tokens: readonly Token[]): Heading[] => {
  const headings: { id: string; text: string; level: number; said: string }[] = []
  const used = new Map<string, number>()
  for (const token of tokens) {
    if (token.type !== 'heading') {
      const last = headings.at(-1)
      if (last) last.said = `${last.said} ${plainOf([token])}`.replace(/\s+/g, ' ').trim()
      continue
    }
    const text = plainOf((token as Tokens.Heading).tokens)
    const anchor = anchorOf(text)
    const before = used.get(anchor) ?? 0
    used.set(anchor, before + 1)
    const id = before === 0 ? anchor : `${anchor}-${before}`
    headings.push({ id, text, level: (token as Tokens.Heading).depth, said: '' })
  }
  return headings
}

/** The id of the requirement whose sentence an item is. */
const requirementOf = (item: Tokens.ListItem): string | undefined => {
  const [first] = item.tokens
  const [strong] = first && 'tokens' in first ? (first.tokens ?? []) : []
  const text = strong?.type === 'strong' ? (strong as Tokens.Strong).text : ''
  return /^[a-z][a-z0-9]*\.[a-z0-9-]+$/.test(text) ? text : undefined
}

/** One line for each transition of a state diagram: from, to, and what makes it happen. */
const stateDiagram = (text: string): string => {
  const rows = [...text.matchAll(/^\s*(\S+) --> (\S+): (.*)$/gm)].map(([, ...cells]) =>
    cells.map(cell => escapeMarkup(cell === '[*]' ? '·' : cell)),
  )
  const body = rows.map(
    ([from, to, why]) => `<tr><td><b>${from}</b></td><td>→</td><td><b>${to}</b></td><td>${why}</td></tr>`,
  )
  return `<div class="scroll" tabindex="0"><table class="states"><tbody>${body.join('')}</tbody></table></div>\n`
}

const COMMENT = /^<!--[^]*?-->\s*$/
const PICTURE =
  /^<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*<img src="([^"]+)" alt="([^"]+)">\s*<\/picture>\s*$/

/** Of HTML in a text there is what a text of this project needs: pictures by day and by night. Anything else is shown as it is. */
const htmlOf = (text: string, resolve: (href: string) => string): string => {
  if (COMMENT.test(text)) return ''
  const [, dark, light, alt] = PICTURE.exec(text) ?? []
  if (dark === undefined || light === undefined || alt === undefined) return escapeMarkup(text)
  const image = (path: string, kind: string) =>
    `<img class="${kind}" src="${escapeMarkup(resolve(path))}" alt="${escapeMarkup(alt)}" loading="lazy">`
  return `<figure class="picture">${image(light, 'by-day')}${image(dark, 'by-night')}</figure>\n`
}

/** A text of this project as HTML. Nothing in it becomes markup but what Markdown says, and what it quotes is escaped. */
export const renderMarkdown = (text: string, { resolve, explained }: Surroundings): Rendered => {
  const marked = new Marked({ gfm: true })
  const tokens = marked.lexer(text)
  const headings = headingsOf(tokens)
  const left = [...headings]
  let inSentence = false
  let inLink = false
  marked.use({
    renderer: {
      html: ({ text }) => htmlOf(text, resolve),
      heading({ tokens, depth }) {
        const { id = '' } = left.shift() ?? {}
        const inner = this.parser.parseInline(tokens)
        if (depth === 1) return `<h1 id="${escapeMarkup(id)}">${inner}</h1>\n`
        return `<h${depth} id="${escapeMarkup(id)}">${inner} <a class="anchor" href="#${escapeMarkup(id)}" aria-label="link to this section">#</a></h${depth}>\n`
      },
      link({ href, tokens }) {
        inLink = true
        const inner = this.parser.parseInline(tokens)
        inLink = false
        return `<a href="${escapeMarkup(resolve(href))}">${inner}</a>`
      },
      image: ({ href, text }) =>
        `<img src="${escapeMarkup(resolve(href))}" alt="${escapeMarkup(text)}" loading="lazy">`,
      code: ({ text, lang }) => {
        if (lang === 'mermaid' && text.startsWith('stateDiagram')) return stateDiagram(text)
        return `<pre tabindex="0"${lang ? ` data-lang="${escapeMarkup(lang)}"` : ''}><code>${escapeMarkup(text)}</code></pre>\n`
      },
      codespan: ({ text }) => {
        const code = `<code>${escapeMarkup(text)}</code>`
        const link = inLink ? undefined : explained?.(text)
        return link === undefined ? code : `<a href="${escapeMarkup(link)}">${code}</a>`
      },
      text(token) {
        if ('tokens' in token && token.tokens) return this.parser.parseInline(token.tokens)
        const escaped = escapeMarkup(token.text)
        return inSentence ? escaped.replace(keyWord, word => `<b class="level">${word}</b>`) : escaped
      },
      table(token) {
        const cells = (row: readonly Tokens.TableCell[], tag: string) =>
          row.map(({ tokens, align }) => {
            const inner = this.parser.parseInline(tokens)
            return `<${tag}${align ? ` class="${align}"` : ''}${tag === 'th' ? ' scope="col"' : ''}>${inner}</${tag}>`
          })
        const line = (row: readonly Tokens.TableCell[], tag: string) => `<tr>${cells(row, tag).join('')}</tr>\n`
        const head = token.header.every(({ text }) => text === '') ? '' : `<thead>${line(token.header, 'th')}</thead>`
        const body = token.rows.map(row => line(row, 'td')).join('')
        return `<div class="scroll" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>\n`
      },
      listitem(item) {
        const id = requirementOf(item)
        const link = id === undefined ? undefined : explained?.(id)
        if (id === undefined || link === undefined) return `<li>${this.parser.parse(item.tokens, item.loose)}</li>\n`
        const [first, ...others] = item.tokens as [Tokens.Text, ...Token[]]
        inSentence = true
        const sentence = this.parser.parseInline((first.tokens ?? []).slice(1))
        inSentence = false
        return `<li class="requirement" id="${id}"><a class="id" href="${escapeMarkup(link)}">${id}</a> <span>${sentence.trim()}</span>${this.parser.parse(others)}</li>\n`
      },
    },
  })
  return { body: new Markup(marked.parser(tokens)), headings }
}
