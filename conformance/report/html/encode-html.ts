import { createHash } from 'node:crypto'
import type { Report } from '../../../schemas/index.js'
import type { Requirement } from '../../trace/read-requirements.js'
import { describeVerdict } from '../verdict-text.js'
import { checksSection } from './checks.js'
import { clientScript, styleSheet } from './assets.js'
import { contentsOf } from './contents.js'
import { encodeIslands } from './encode-islands.js'
import { findingsSection } from './findings.js'
import { markup, Markup } from './markup.js'
import { matrixSection } from './matrix.js'
import { verdictSection } from './verdict.js'

const keys: readonly (readonly [key: string, what: string])[] = [
  ['/', 'search the checks'],
  ['j k', 'the next check, the one before; the arrows too, from check to check'],
  ['Enter', 'open or close it'],
  ['Escape', 'close what is open around the focus'],
  ['?', 'these keys'],
]

// Hidden until the script makes them work.
const tools = markup`<div id="tools" class="tools" hidden>
    <button type="button" id="show-keys" aria-keyshortcuts="?">keys</button>
    <button type="button" id="theme">dark</button>
  </div>
  <dialog id="keys" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <dl>
      ${keys.map(
        ([key, what]) =>
          markup`<div>
            <dt><kbd>${key}</kbd></dt>
            <dd>${what}</dd>
          </div>`,
      )}
    </dl>
    <form method="dialog"><button>close</button></form>
  </dialog>`

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`

/** What the page may do: run this script and use this style. It sends and fetches nothing. */
const policyOf = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/**
 * A report as one HTML file that needs nothing beside it: the verdict and what went wrong stand in it as they are, and what
 * was exchanged is read out of JSON islands when a check is opened. A pure function: the same report and requirements make
 * the same bytes. Nothing of a report becomes an element, an attribute's name, or script.
 */
export const encodeHtml = (report: Report, requirements: readonly Requirement[], site?: string): string => {
  const contents = contentsOf(report, requirements, site)
  const [script, style] = [clientScript(), styleSheet()]
  return markup`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${new Markup(policyOf(script, style))}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="referrer" content="no-referrer">
  <title>${describeVerdict(report)}: ${report.target.url}</title>
  <style>${new Markup(style)}</style>
</head>
<body>
  <a class="skip-link" href="#checks">to the checks</a>
  ${tools}
  <main data-command="${report.command}">
  ${verdictSection(report)}
  ${findingsSection(contents)}
  ${matrixSection(contents)}
  ${checksSection(contents)}
  </main>
  ${encodeIslands(report)}
  <script>${new Markup(script)}</script>
</body>
</html>
`.text
}
