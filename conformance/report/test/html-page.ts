import { parse, type DefaultTreeAdapterTypes } from 'parse5'

/** An element of a page. */
export type Element = DefaultTreeAdapterTypes.Element

type Node = DefaultTreeAdapterTypes.Node

/** A page as a browser reads it, and where it broke the rules of HTML. */
export interface Page {
  /** In the order of the page. */
  readonly elements: readonly Element[]
  readonly errors: readonly string[]
}

/** An element, and all that are in it, in their order. */
export const elementsOf = (node: Node): Element[] => [
  ...('tagName' in node ? [node] : []),
  ...('childNodes' in node ? node.childNodes.flatMap(elementsOf) : []),
]

/** Reads a page as the HTML standard says, with every error that there is. */
export const parsePage = (html: string): Page => {
  const errors: string[] = []
  const root = parse(html, { onParseError: ({ code, startLine }) => errors.push(`${code} in line ${startLine}`) })
  return { elements: elementsOf(root), errors }
}

/** The value of an attribute. */
export const attribute = ({ attrs }: Element, name: string): string | undefined =>
  attrs.find(each => each.name === name)?.value

/** All text inside a node. */
export const textOf = (node: Node): string => {
  if ('value' in node) return node.value
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : ''
}

/** The element of a kind with an id. */
export const find = ({ elements }: Page, tag: string, id: string): Element | undefined =>
  elements.find(each => each.tagName === tag && attribute(each, 'id') === id)
