import { readFileSync } from 'node:fs'
import { rootPath } from '../../schemas/index.js'

// The one place that knows where the pages of this project are published, as far as anybody has said so.

/** What a package says of its place on the web. */
interface Described {
  readonly homepage?: string
  readonly repository?: string | { readonly url?: string }
}

/** `OWNER/NAME` of a repository on GitHub, in any of the forms that npm takes. */
const gitHub =
  /^(?:github:|(?:git\+)?(?:https|ssh|git):\/\/(?:git@)?github\.com\/|git@github\.com:)?([\w.-]+)\/([\w.-]+?)(?:\.git)?$/

/**
 * Where the site of a package is, ending in a slash: its `homepage`, or else where GitHub Pages puts the site of its
 * `repository`. Nothing where it says neither.
 */
export const siteOf = ({ homepage, repository }: Described): string | undefined => {
  if (homepage !== undefined && URL.canParse(homepage)) return new URL('./', homepage).href
  const [, owner, name] = gitHub.exec((typeof repository === 'string' ? repository : repository?.url) ?? '') ?? []
  if (owner === undefined || name === undefined) return undefined
  const host = `${owner.toLowerCase()}.github.io`
  return name.toLowerCase() === host ? `https://${host}/` : `https://${host}/${name}/`
}

let published: string | null | undefined

/** Where the site of this package is, if that is known. Reports lead there unless they are told otherwise. */
export const publishedSite = (): string | undefined => {
  published ??= siteOf(JSON.parse(readFileSync(`${rootPath}/package.json`, 'utf8')) as Described) ?? null
  return published ?? undefined
}

/** The page of a requirement on a site; `site` ends in a slash. */
export const requirementUrl = (site: string, id: string): string => `${site}req/${encodeURIComponent(id)}.html`
