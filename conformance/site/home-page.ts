import { markup, type Markup } from '../report/html/markup.js'
import { linkFrom, type SitePage } from './page.js'

/** How much there is, for the home page. */
export interface Counts {
  readonly requirements: number
  readonly checks: number
  readonly vectors: number
  readonly mutants: number
}

const PATH = 'index.html'

interface Use {
  readonly title: string
  readonly says: string
  readonly command: string
  readonly more: string
}

const uses: readonly Use[] = [
  {
    title: 'Judge your agent',
    says: 'A URL is all it needs. Within seconds you have a verdict, and for each failure the sentence that was broken, and the bytes.',
    command: 'node conformance/bin/sage-conformance.js run https://agent.example',
    more: 'conformance/guides/test-your-agent.html',
  },
  {
    title: 'Run the reference',
    says: 'A responder to build an initiator against, over HTTP and WebSocket, and a library to serve and to connect with.',
    command: 'node conformance/bin/sage-conformance.js serve --port 8080',
    more: 'reference/index.html',
  },
  {
    title: 'Validate your cryptography',
    says: 'Every byte that can be pinned without a network. A wrong answer is named by the first step that went wrong.',
    command: 'node conformance/bin/sage-conformance.js vectors run -- your-program',
    more: 'conformance/guides/plug-in-your-crypto.html',
  },
]

const rooms: readonly (readonly [name: string, path: string, what: string])[] = [
  ['spec', 'spec/index.html', 'the protocol in prose, one id to a normative sentence'],
  ['schemas', 'api/schemas.html', 'the shape of every message, with good and bad examples'],
  ['vectors', 'vectors/index.html', 'every byte that can be pinned without a network'],
  ['reference', 'reference/index.html', 'a clean implementation: what the specification looks like when it runs'],
  [
    'conformance',
    'conformance/index.html',
    'the suite: checks, reports, mutants, and the tools that hold it all together',
  ],
]

const link = (path: string): string => linkFrom(PATH, path)

const use = ({ title, says, command, more }: Use): Markup =>
  markup`<section class="use">
    <h3><a href="${link(more)}">${title}</a></h3>
    <p>${says}</p>
    <pre tabindex="0"><code>${command}</code></pre>
  </section>`

/** The first page. */
export const homePage = ({ requirements, checks, vectors, mutants }: Counts): SitePage => ({
  path: PATH,
  title: 'SAGE 1.0',
  headings: [{ id: 'sage', text: 'SAGE 1.0', level: 1, said: '' }],
  body: markup`<div class="home">
    <h1 id="sage">SAGE <b>1.0</b></h1>
    <p class="lead">
      SAGE (Secure Agent Guarantee Engine) lets software agents prove who they are and exchange messages that cannot be
      read, forged or replayed in transit. This is its specification, and the suite that judges whether an agent, written
      in any language, keeps to it.
    </p>
    <div class="uses">${uses.map(use)}</div>
    <ul class="figures">
      <li><a href="${link('spec/requirements.html')}"><b>${requirements}</b> requirements</a></li>
      <li><a href="${link('conformance/compatibility.html')}"><b>${checks}</b> checks</a></li>
      <li><a href="${link('vectors/index.html')}"><b>${vectors}</b> vectors</a></li>
      <li><a href="${link('ARCHITECTURE.html')}"><b>${mutants}</b> broken agents found out</a></li>
    </ul>
    <h2 id="rooms">Five rooms</h2>
    <dl class="rooms">
      ${rooms.map(([name, path, what]) => markup`<div><dt><a href="${link(path)}">${name}</a></dt><dd>${what}</dd></div>`)}
    </dl>
  </div>`,
})
