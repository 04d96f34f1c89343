import fc from 'fast-check'
import { lexer, type Token } from 'marked'
import { elementsIn, parseXml } from './read-back.js'

// Text that is hostile to every format, and what of a document it must not change.

const nasty = [
  ']]>',
  '<script>alert(1)</script>',
  '&amp;<!--',
  '`````',
  '</code></details>',
  '| a | b |',
  '\u001b[31mred\u0007',
  '\u202egnirts',
  '\ud800',
  '\udc00\ud800x',
  '\u0000',
  '\ufffe\uffff',
  '\u{e0041}',
  '# TODO',
  'ok 7',
  '\n...\nok 1 - injected\n',
  '\r\n1..1',
  '\\',
  '"',
  "'",
  '[x](http://evil.example)',
  '![x](y)',
  'www.evil.example @all',
  '{0}',
  '- a\n\n# b',
  '\u2028\u2029\u0085',
] as const

const unit = fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code))
/** Text that an agent or a core chose, to break whatever it is written into. */
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...nasty), unit, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 6 })
  .map(parts => parts.join(''))

/** `text` as it comes out of UTF-8: half of a surrogate pair is replaced. */
export const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')

/** The kinds of what a text of Markdown is made of, text aside. */
const skeleton = (tokens: readonly Token[]): string[] =>
  tokens.flatMap(token => {
    if (token.type === 'text' || token.type === 'space' || token.type === 'escape') {
      return 'tokens' in token && token.tokens ? skeleton(token.tokens) : []
    }
    if (token.type === 'html') return [token.raw.trim()]
    if (token.type === 'table')
      return [
        'table',
        ...token.rows.flatMap((row: { tokens: Token[] }[]) => row.flatMap(cell => skeleton(cell.tokens))),
      ]
    return [token.type, ...('tokens' in token && token.tokens ? skeleton(token.tokens) : [])]
  })

/** What a document is made of, text aside. */
export const shapeOf: Record<'junit' | 'tap' | 'sarif' | 'markdown', (text: string) => unknown> = {
  junit: text => elementsIn(parseXml(text), '*').map(({ tagName, attributes }) => [tagName, attributes.length]),
  tap: text => text.split('\n').map(line => /^ *(?:[a-zA-Z-]+:?|\.\.\.|---|#)/.exec(line)?.[0]),
  sarif: text => JSON.stringify(JSON.parse(text), (_, value: unknown) => (typeof value === 'string' ? '' : value)),
  markdown: text => skeleton(lexer(text)),
}

/** What is not seen, or steers a terminal. */
export const unseen =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/
