// Runs in Node and in the page: which checks are shown, as the fragment of the page's address has it.

/** Which checks are shown; an empty member leaves nothing out. */
export interface Filter {
  readonly states: readonly string[]
  readonly transport: string
  readonly chapter: string
  readonly text: string
}

/** What an address asks for: a filter, and the check that is to be open. */
export interface View {
  readonly filter: Filter
  readonly check?: number
}

/** The filter that leaves nothing out. */
export const everything: Filter = { states: [], transport: '', chapter: '', text: '' }

/** Reads a fragment, with or without its `#`: `state=fail,warn&over=ws&check=3`, or the anchor `check-3`. */
export const parseFragment = (fragment: string): View => {
  const text = fragment.replace(/^#/, '')
  const anchor = /^check-(\d+)$/.exec(text)?.[1]
  const given = new URLSearchParams(anchor === undefined ? text : `check=${anchor}`)
  const check = /^\d{1,9}$/.test(given.get('check') ?? '') ? Number(given.get('check')) : undefined
  const filter = {
    states: (given.get('state') ?? '').split(',').filter(state => state !== ''),
    transport: given.get('over') ?? '',
    chapter: given.get('chapter') ?? '',
    text: given.get('text') ?? '',
  }
  return check === undefined ? { filter } : { filter, check }
}

/** The fragment of a view, without its `#`; what is left out of it says nothing. */
export const encodeFragment = ({ filter, check }: View): string => {
  const { states, transport, chapter, text } = filter
  const members = {
    state: states.join(','),
    over: transport,
    chapter,
    text,
    check: check === undefined ? '' : `${check}`,
  }
  const said = Object.entries(members).filter(([, value]) => value !== '')
  return new URLSearchParams(said).toString().replaceAll('%2C', ',')
}
